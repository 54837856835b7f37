"""The chain of a proposal: its head, and the replay that finds what does not hold."""

from proposals.models import Ballot, Outcome, Proposal, Round
from proposals.rules.receipts import GENESIS


def head(proposal: Proposal) -> str:
    """The last link: an outcome's, a ballot's or a round's digest; 64 zeros before the first.."""
    last = Round.objects.filter(proposal=proposal).order_by("-number").first()
    if last is None:
        return GENESIS
    ended = Outcome.objects.filter(round=last).values_list("digest", flat=True).first()
    if ended is not None:
        return ended
    ballots = Ballot.objects.filter(proposal=proposal, seat__round=last).order_by("-number")
    return ballots.values_list("receipt", flat=True).first() or last.digest
