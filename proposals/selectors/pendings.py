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
from proposals.refusals import NoElectors
from proposals.rules import kinds, rounds
from proposals.rules.states import State, Times, unopened
from proposals.selectors import elections
from proposals.selectors.electorates import Electorate, electorate, recusals
from proposals.selectors.visibility import Reader, sees_words

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
    def recused(self) -> bool:
        """Whether the reader takes no part."""
        member = self.reader.member
        return member is not None and any(row.member_id == member.pk for row in self.recusals)

    @property
    def yours(self) -> bool:
        """Whether the reader may take it back."""
        member, waits = self.reader.member, self.state == State.PENDING
        own = member is not None and member.pk == self.proposal.proposed_by_id
        leading = self.reader.leading and self.proposal.kind != Proposal.Kind.ELECTION
        return waits and self.reader.inside and (own or leading)


def pending(*, number: int, reader: Reader, at: datetime) -> Pending | None:
    """The proposal of a number that has no round, or None; a fixed number of queries."""
    rows = Proposal.objects.select_related("proposed_by", "application", "words", "execution")
    proposal = rows.filter(number=number, rounds=None).first()
    if proposal is None:
        return None
    timeline = charter.selectors.timeline()
    moment = max(proposal.opens_at or at, at)
    day = timeline.day_of(moment)
    terms = timeline.terms_on(day)
    act, steps = registry.get(kinds.act_of(proposal.kind)), [registry.stored(data) for data in proposal.acts]
    words, found = sees_words(reader, proposal), electorate(day=day, proposal=proposal)
    times, refused = _times(terms, moment)
    refused = refused or (None if found.electors else NoElectors()) or _undone(proposal, steps, day, terms)
    threshold = terms.threshold(act.threshold)
    passes_on = timeline.day_of(times.deadline_at) if times and not threshold.unanimous else day
    done_on = max(passes_on, proposal.execute_on or passes_on)
    kept: ProposalWords | None = getattr(proposal, "words", None)
    return Pending(
        proposal=proposal,
        state=unopened(proposal.taken_back_at),
        reader=reader,
        words=words,
        content=kept.content if kept and (words or proposal.kind in kinds.OPEN_WORDS) else {},
        act=act,
        threshold=threshold,
        electorate=found,
        recusals=tuple(recusals(proposal)),
        times=times,
        late=proposal.opens_at is not None and at >= proposal.opens_at,
        refused=refused,
        preview=_told(registry.preview, steps, done_on),
        diff=_told(registry.diff, steps, done_on),
    )


def _times(terms: Terms, moment: datetime) -> tuple[Times | None, Refusal | None]:
    try:
        return rounds.times(terms, moment), None
    except Refusal as refused:
        return None, refused


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
