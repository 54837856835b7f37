"""A proposal that has not opened: what it would do, what stands in its way, who would have a seat."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

import charter.selectors
from charter import registry
from charter.registry import Difference, Step
from charter.rules.terms import Terms
from charter.rules.thresholds import Threshold
from journal.refusals import Refusal
from proposals.models import Declaration, Proposal, ProposalWords
from proposals.refusals import NoElectors, SameProposed
from proposals.rules import kinds, secrecy
from proposals.rules.states import State, Times, unopened
from proposals.selectors import drafts, elections
from proposals.selectors.electorates import Absent, Electorate, electorate, recusals
from proposals.selectors.schedules import Schedule, schedule
from proposals.selectors.visibility import Reader, sees_wording, sees_words

Told = TypeVar("Told")


@dataclass(frozen=True)
class Pending:
    """An announced proposal, or one that was taken back before it opened (state CANCELED).

    `content` is empty for who may not read it; `refused` says why it could not open at `times.opened_at`, which is the
    announced moment, or now once that is over; `late`: that it is over. `threshold`, `electorate` and `times` are those
    of that day: only the opening freezes them.
    """

    proposal: Proposal
    state: State
    reader: Reader
    words: bool
    content: dict[str, Any]
    act: registry.Act[Any]
    threshold: Threshold
    electorate: Electorate
    recusals: tuple[Declaration, ...]
    times: Times | None
    late: bool
    refused: Refusal | None
    preview: tuple[str, ...]
    diff: tuple[Difference, ...]

    @property
    def absent(self) -> tuple[Absent, ...]:
        """Who would have no seat, for who may know it."""
        return self.electorate.absent if sees_wording(self.reader, self.proposal) else ()

    @property
    def recused(self) -> bool:
        """Whether the reader takes no part."""
        member = self.reader.member
        return member is not None and any(row.member_id == member.pk for row in self.recusals)

    @property
    def yours(self) -> bool:
        """Whether the reader may take it back."""
        member, waits = self.reader.member, self.state == State.PENDING
        own = member is not None and member.pk == self.proposal.proposed_by_id
        may = kinds.may_steer(self.proposal.kind, own=own, leads=self.reader.leading)
        return waits and self.reader.inside and may


def pending(*, number: int, reader: Reader, at: datetime) -> Pending | None:
    """The proposal of a number that has no round, or None; a fixed number of queries."""
    rows = Proposal.objects.select_related("proposed_by", "application", "words", "execution")
    proposal = rows.filter(number=number, rounds=None).first()
    if proposal is None:
        return None
    timeline = charter.selectors.timeline()
    act, steps = registry.get(kinds.act_of(proposal.kind)), [registry.stored(data) for data in proposal.acts]
    plan = schedule(timeline, act, max(proposal.opens_at or at, at), execute_on=proposal.execute_on)
    words, found = sees_words(reader, proposal), electorate(day=plan.day, proposal=proposal)
    kept: ProposalWords | None = getattr(proposal, "words", None)
    return Pending(
        proposal=proposal,
        state=unopened(proposal.taken_back_at),
        reader=reader,
        words=words,
        content=kept.content if kept and sees_wording(reader, proposal) else {},
        act=act,
        threshold=plan.threshold,
        electorate=found,
        recusals=tuple(recusals(proposal)),
        times=plan.times,
        late=proposal.opens_at is not None and at >= proposal.opens_at,
        refused=_refused(proposal, steps, plan, found),
        preview=_told(registry.preview, steps, plan.done_on),
        diff=_told(registry.diff, steps, plan.done_on),
    )


def _refused(proposal: Proposal, steps: Sequence[Step], plan: Schedule, found: Electorate) -> Refusal | None:
    """Why it could not open as things stand, or None: all that an opening asks."""
    return (
        (SameProposed() if drafts.running(steps, but=proposal.pk) else None)
        or _undone(proposal, steps, plan.day, plan.terms)
        or (None if found.electors else NoElectors())
        or secrecy.refusal(hidden=proposal.hidden, unanimous=plan.threshold.unanimous, final=proposal.final_ballots)
        or plan.late
    )


def _undone(proposal: Proposal, steps: Sequence[Step], day: date, terms: Terms) -> Refusal | None:
    """Why its acts could not be put to the vote on a day; an election needs somebody who stands."""
    try:
        if proposal.kind == Proposal.Kind.ELECTION:
            # Only who can be seated is on it.
            elections.slate(proposal, day=day, terms=terms)
        registry.check(list(steps), day)
    except Refusal as refused:
        return refused
    return None


def _told(tell: Callable[[Sequence[Step], date], list[Told]], steps: Sequence[Step], day: date) -> tuple[Told, ...]:
    try:
        return tuple(tell(steps, day))
    except Refusal:
        return ()
