"""Replaying how a proposal went: when its rounds opened, for whom, with which candidates; when it was carried out."""

from collections.abc import Iterator, Mapping, Sequence

from charter.rules.terms import Timeline
from proposals.models import Declaration, Execution, Outcome, Proposal, Round, Seat
from proposals.rules.elections import IN_RUN_OFF, RUN_OFF
from proposals.rules.states import Result, execution_window
from proposals.selectors.declarations import Kind, standing


def broken_course(
    proposal: Proposal, rounds: Sequence[Round], seats: Mapping[int, Sequence[Seat]], timeline: Timeline
) -> Iterator[str]:
    """What does not hold of its rounds seen one after the other; they are in their order, with their outcomes.

    `seats` of each round with their members; `timeline` is the charter's. Two queries.
    """
    declared = list(Declaration.objects.filter(proposal=proposal).select_related("member").order_by("seq"))
    done = Execution.objects.filter(proposal=proposal).select_related("outcome").first()
    before: Outcome | None = None
    for held in rounds:
        name, outcome = f"proposals_round {held.pk}", getattr(held, "outcome", None)
        if not _follows(proposal, held, before):
            yield f"{name}: opened before its time, or after a round that nothing follows"
        if (held.hidden, held.execute_on) != (proposal.hidden, proposal.execute_on):
            yield f"{name}: is not as its proposal says"
        recused = standing(declared, Kind.RECUSAL, held.opened_at)
        if recused & {seat.member.handle for seat in seats[held.pk]}:
            yield f"{name}: gives a seat to who was recused"
        if not _candidates(proposal, held, before, standing(declared, Kind.CANDIDACY, held.opened_at)):
            yield f"{name}: has other candidates than those who stood, or were the highest"
        if outcome is not None and (outcome.execute_at, outcome.expires_at) != window_of(held, outcome, timeline):
            yield f"proposals_outcome {held.pk}: may be carried out at another time than its round says"
        before = outcome
    if done is not None and (before is None or done.outcome_id != before.pk or not _in_time(done)):
        yield f"proposals_execution {done.pk}: was not done in the time after its last round"


def _follows(proposal: Proposal, held: Round, before: Outcome | None) -> bool:
    """A first round opens at its moment, a next one after the end of the last; after a success once that has lapsed."""
    if held.number == 1:
        return proposal.taken_back_at is None and (proposal.opens_at is None or held.opened_at >= proposal.opens_at)
    if before is None or before.result == Result.CANCELED:
        return False
    return held.opened_at >= (before.expires_at or before.decided_at)


def _candidates(proposal: Proposal, held: Round, before: Outcome | None, stood: set[str]) -> bool:
    """Those of the acts in their order, who all stood; in a run-off two of the last round's, under its rule."""
    if proposal.kind != Proposal.Kind.ELECTION:
        return not held.candidates
    order = [act["params"]["handle"] for act in proposal.acts]
    if held.number == 1:
        return held.candidates == order and stood >= set(order)
    votes = dict(before.tally["votes"]) if before is not None else {}
    fits = held.candidates == [handle for handle in order if handle in held.candidates and handle in votes]
    return fits and len(held.candidates) == IN_RUN_OFF and held.rule == RUN_OFF.written()


def window_of(held: Round, outcome: Outcome, timeline: Timeline) -> tuple[object, object]:
    """When what passed may be carried out, by the group's calendar on the day of the end; Nones if it did not pass."""
    if outcome.result != Result.SUCCEEDED:
        return None, None
    zone = timeline.terms_on(timeline.day_of(outcome.decided_at)).time_zone
    return execution_window(outcome.decided_at, held.execute_on, zone)


def _in_time(done: Execution) -> bool:
    begins, ends = done.outcome.execute_at, done.outcome.expires_at
    return begins is not None and ends is not None and begins <= done.executed_at < ends
