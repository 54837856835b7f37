"""A proposal before it opens: what is still missing, what it would do, and by which rule it would be decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

import charter.selectors
from charter import registry
from charter.registry import Difference, Step
from charter.rules.terms import Terms
from charter.rules.thresholds import Threshold
from journal.refusals import Refusal
from members.models import Member
from members.selectors import people
from proposals.models import Proposal
from proposals.refusals import NoElectors, PurposeMissing, TextTooLong, Untyped
from proposals.rules import kinds, rounds
from proposals.rules.casting import LONGEST
from proposals.rules.states import Times


@dataclass(frozen=True)
class Check:
    """One thing that has to hold before it can open, and why it does not, or None."""

    label: str
    refused: Refusal | None


@dataclass(frozen=True)
class Draft:
    """What would open now; `preview` and `diff` are empty while the act cannot be read or done."""

    kind: Proposal.Kind
    act: registry.Act[Any]
    steps: tuple[Step, ...]
    about: str
    concerns: Member | None
    checks: tuple[Check, ...]
    preview: tuple[str, ...]
    diff: tuple[Difference, ...]
    threshold: Threshold
    electors: int
    times: Times | None

    @property
    def missing(self) -> list[Refusal]:
        """Why it cannot open, in the order of the page."""
        return [item.refused for item in self.checks if item.refused is not None]


def draft(
    *, kind: Proposal.Kind, params: Mapping[str, Any] | None, text: str, roles: frozenset[str], at: datetime
) -> Draft:
    """The draft of a reader with these roles at a moment; `params` are the act's as plain JSON, None while untyped."""
    timeline = charter.selectors.timeline()
    day = timeline.day_of(at)
    terms = timeline.terms_on(day)
    act = registry.get(kinds.ACTS[kind])
    steps = (Step(act.key, dict(params or {})),)
    undone = Untyped() if params is None else _undone(steps, day)
    concerns = people.by_handle(str(steps[0].params.get("handle", ""))) if kind == Proposal.Kind.REMOVAL else None
    electors = people.active_on(day).exclude(pk=concerns.pk if concerns else 0).count()
    times, late = _times(terms, at)
    may = act.may_propose in roles
    threshold = terms.threshold(act.threshold)
    # The day on which it would be done: a rule that counts decides at the deadline.
    passes_on = timeline.day_of(times.deadline_at) if times and not threshold.unanimous else day
    return Draft(
        kind=kind,
        act=act,
        steps=steps,
        about="" if undone else kinds.about(kind, steps[0].params, concerns.name if concerns else ""),
        concerns=concerns,
        checks=(
            Check(_("Who may put it forward"), None if may else rounds.not_yours(act.may_propose)),
            Check(_("Why it is proposed"), _unsaid(text)),
            Check(_("What it does"), undone),
            Check(_("Who votes"), None if electors else NoElectors()),
            Check(_("Time to vote"), late),
        ),
        preview=() if undone else tuple(registry.preview(steps, passes_on)),
        diff=() if undone else tuple(registry.diff(steps, passes_on)),
        threshold=threshold,
        electors=electors,
        times=times,
    )


def running(steps: Sequence[Step]) -> bool:
    """Whether a round on exactly these acts has not ended."""
    return Proposal.objects.filter(acts_digest=registry.fingerprint(steps), rounds__outcome=None).exists()


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


def _times(terms: Terms, at: datetime) -> tuple[Times | None, Refusal | None]:
    try:
        return rounds.times(terms, at), None
    except Refusal as refused:
        return None, refused
