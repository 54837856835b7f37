"""A proposal before it opens: what is still missing, what it would do, and by which rule it would be decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

import charter.selectors
from charter import registry
from charter.registry import Difference, Step
from charter.rules.thresholds import Threshold
from journal import writing
from journal.refusals import Refusal
from members.models import Member
from members.selectors import people
from proposals.models import Proposal
from proposals.refusals import NoElectors, PurposeMissing, TextTooLong, Untyped
from proposals.rules import kinds, rounds, secrecy
from proposals.rules.casting import LONGEST
from proposals.rules.states import Times, execution_window
from proposals.selectors import elections
from proposals.selectors.electorates import Electorate, electorate
from proposals.selectors.schedules import schedule


@dataclass(frozen=True)
class Check:
    """One thing that has to hold before it can open, and why it does not, or None."""

    label: str
    refused: Refusal | None


@dataclass(frozen=True)
class Draft:
    """What would open; `preview` and `diff` are empty while the act cannot be read or done.

    `times` are those of its first round if nothing moves them; `window` from when on and until when it would be carried
    out if it passed at its deadline; `min_hours` and `days` are the charter's time to deliberate and to vote;
    `opens_at` is None for what opens at once.
    """

    kind: Proposal.Kind
    act: registry.Act[Any]
    steps: tuple[Step, ...]
    about: str
    concerns: Member | None
    checks: tuple[Check, ...]
    preview: tuple[str, ...]
    diff: tuple[Difference, ...]
    threshold: Threshold
    electorate: Electorate
    times: Times | None
    opens_at: datetime | None
    window: tuple[datetime, datetime] | None
    min_hours: int
    days: int

    @property
    def electors(self) -> int:
        """How many would have a seat."""
        return len(self.electorate.electors)

    @property
    def missing(self) -> list[Refusal]:
        """Why it cannot open, in the order of the page."""
        return [item.refused for item in self.checks if item.refused is not None]


def draft(
    *,
    kind: Proposal.Kind,
    params: Mapping[str, Any] | None,
    text: str,
    roles: frozenset[str],
    at: datetime,
    hidden: bool = False,
    final_ballots: bool = False,
    opens_at: datetime | None = None,
    execute_on: date | None = None,
) -> Draft:
    """The draft of a reader with these roles at a moment; `params` are the act's as plain JSON, None while untyped.

    With `opens_at` everything is as it would be on that day, with today's members. An election opens on its own day,
    and its acts are made then: until then it has none.
    """
    timeline = charter.selectors.timeline()
    electing = kind == Proposal.Kind.ELECTION
    unannounced = rounds.unannounced(kind, opens_at, at)
    unplanned = rounds.unplanned(kind, execute_on, timeline.day_of(at))
    opens_at = elections.opens_at(at) if electing else opens_at
    opening = opens_at if opens_at is not None and (electing or not unannounced) else at
    not_before = None if unplanned else execute_on
    act = registry.get(kinds.ACTS[kind])
    plan = schedule(timeline, act, opening, execute_on=not_before)
    steps = (elections.next_term(plan.day, plan.terms) if electing else Step(act.key, dict(params or {})),)
    undone = elections.unready(at) if electing else Untyped() if params is None else _undone(steps, plan.day)
    concerns = people.by_handle(str(steps[0].params.get("handle", ""))) if kind == Proposal.Kind.REMOVAL else None
    found = electorate(day=plan.day, concerns=concerns.pk if concerns else None)
    return Draft(
        kind=kind,
        act=act,
        steps=() if electing else steps,
        about="" if undone else kinds.about(kind, steps[0].params, concerns.name if concerns else ""),
        concerns=concerns,
        checks=(
            Check(_("Who may put it forward"), _not_theirs(act, roles)),
            Check(_("Why it is proposed"), _unsaid(text)),
            Check(_("What it does"), undone),
            Check(_("Who votes"), None if found.electors else NoElectors()),
            Check(_("Time to vote"), unannounced or plan.late),
            Check(_("When it takes effect"), unplanned),
            *_secrecy(hidden=hidden, unanimous=plan.threshold.unanimous, final=final_ballots),
        ),
        preview=() if undone else _preview(steps, plan.done_on, electing=electing),
        diff=() if undone or electing else tuple(registry.diff(steps, plan.done_on)),
        threshold=plan.threshold,
        electorate=found,
        times=plan.times,
        opens_at=opens_at,
        min_hours=plan.terms.voting_min_hours,
        days=plan.terms.voting_days,
        window=execution_window(plan.times.deadline_at, not_before, plan.terms.time_zone) if plan.times else None,
    )


def _not_theirs(act: registry.Act[Any], roles: frozenset[str]) -> Refusal | None:
    return None if act.may_propose in roles else rounds.not_yours(act.may_propose)


def _preview(steps: Sequence[Step], day: date, *, electing: bool) -> tuple[str, ...]:
    if electing:
        first, last = registry.get(steps[0].key).read(steps[0].params).days(day)
        words = {"first": writing.day(first, shape="day_year"), "last": writing.day(last, shape="day_year")}
        return (_("Whoever is elected becomes the leader on %(first)s, until %(last)s.") % words,)
    return tuple(registry.preview(steps, day))


def running(steps: Sequence[Step], *, but: int = 0) -> bool:
    """Whether exactly these acts are announced, or a round on them has not ended; `but` one proposal, by its key.

    Never for an election that waits: its acts are made when it opens.
    """
    if not steps:
        return False
    same = Proposal.objects.filter(acts_digest=registry.fingerprint(steps), taken_back_at=None).exclude(pk=but)
    # Without a round, too: the join gives it no outcome either.
    return same.filter(rounds__outcome=None).exists()


def _secrecy(*, hidden: bool, unanimous: bool, final: bool) -> tuple[Check, ...]:
    """A line only for who wants it hidden."""
    refused = secrecy.refusal(hidden=hidden, unanimous=unanimous, final=final)
    return (Check(_("Hidden until closed"), refused),) if hidden else ()


def _unsaid(text: str) -> Refusal | None:
    if not text:
        return PurposeMissing()
    return TextTooLong(field="text") if len(text) > LONGEST else None


def _undone(steps: Sequence[Step], day: date) -> Refusal | None:
    try:
        registry.check(steps, day)
    except Refusal as refused:
        return refused
    return None
