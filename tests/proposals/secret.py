"""A round that is hidden until closed, for the tests."""

from datetime import datetime
from typing import Any

from members.models import Member
from proposals.models import Proposal, Round
from proposals.services import proposing
from tests.proposals.cast import NOW

RESOLVE = {"title": "The DAO should keep its own index"}


def hidden(by: Member, moment: datetime = NOW, **more: Any) -> tuple[Proposal, Round]:
    """A resolution whose ballots nobody sees before its end."""
    words: dict[str, Any] = {
        "kind": "resolution",
        "params": RESOLVE,
        "text": "Because we looked at it.",
        "hidden": True,
    } | more
    proposal = proposing.propose(**words, by=by, at=moment)
    return proposal, proposal.rounds.get()
