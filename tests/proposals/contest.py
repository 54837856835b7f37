"""What many connections at once left behind."""

from proposals.models import Ballot, Outcome, Round
from proposals.selectors import replays
from proposals.selectors.counts import tally_of


def wrong(held: Round) -> list[str]:
    """What is wrong with a closed round: the chain, its places, and an outcome that does not count the ballots."""
    said = list(replays.broken_proposals())
    outcome = Outcome.objects.filter(round=held).first()
    if outcome is None:
        return [*said, "no outcome"]
    if outcome.tally != tally_of(held).as_json():
        said.append("the outcome does not count the ballots")
    last = Ballot.objects.filter(seat__round=held).order_by("-number").first()
    if last is not None and (last.receipt != outcome.last_receipt or last.cast_at > outcome.decided_at):
        said.append("a ballot came after the outcome")
    return said
