"""`manage.py verify` comes to its end whatever was erased, and when."""

from members.models import Member
from proposals.models import Proposal, ProposalWords, Wording
from proposals.services import openings, proposing, rounds
from tests.journal.test_chain import verify
from tests.proposals.cast import HOUR, NOW, at, found


def chains() -> str:
    """What the command says of the chains."""
    _status, text = verify()
    return next(line for line in text.splitlines() if line.endswith("proposals.chains"))


def announced(leader: Member) -> Proposal:
    """A proposal whose words were erased while it waited."""
    made = proposing.propose(
        kind="resolution", params={"title": "We"}, text="Why.", by=leader, at=NOW, opens_at=NOW + HOUR
    )
    ProposalWords.objects.filter(proposal=made).update(salt="", content={})
    return made


def test_words_that_were_erased_before_a_round_opened(committed_db: str) -> None:
    leader, *_others = found()
    made = announced(leader)
    first = openings.open_pending(proposal=made, by=rounds.SYSTEM, clock=at(NOW + HOUR))
    assert "name" not in Wording.objects.get(round=first).content
    assert chains().startswith("ok")
    rounds.close_due(clock=at(first.deadline_at))
    Wording.objects.filter(round=first).update(salt="", content={}, changes="")
    rounds.open_next(proposal=made, changes="More.", text="Why now.", by=leader, clock=at(first.deadline_at))
    assert chains().startswith("ok")
