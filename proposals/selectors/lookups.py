"""Finding proposals and rounds by what their addresses say."""

from proposals.models import Proposal, Round
from proposals.refusals import UnknownRound

# A few less than the largest id has.
ID_DIGITS = 18


def proposal_of(number: int) -> Proposal | None:
    """The proposal of a number."""
    return Proposal.objects.filter(number=number).first()


def round_id(text: str) -> int:
    """The id of a round as a form names it; UnknownRound for what is no id."""
    if not text.isascii() or not text.isdigit() or len(text) > ID_DIGITS:
        raise UnknownRound
    return int(text)


def round_in(number: int, text: str) -> int:
    """The id of a round as a form of this proposal's page names it; UnknownRound, also for another proposal's."""
    pk = round_id(text)
    if not Round.objects.filter(pk=pk, proposal__number=number).exists():
        raise UnknownRound
    return pk


def round_by_id(pk: int) -> Round:
    """A round that a ballot was cast or tried in; UnknownRound."""
    found = Round.objects.select_related("proposal").filter(pk=pk).first()
    if found is None:
        raise UnknownRound
    return found


def round_of(number: int, round_number: int) -> Round | None:
    """A round by its proposal's number and its own."""
    rounds = Round.objects.select_related("proposal", "outcome")
    return rounds.filter(proposal__number=number, number=round_number).first()
