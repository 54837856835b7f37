"""The seats of a hidden round over the API: members read who has one, and nobody reads another's ballot."""

from datetime import date
from typing import Any

import pytest

from journal.clock import database_clock
from members.models import Member
from members.services import memberships
from proposals.models import Round
from proposals.services import rounds
from tests.proposals.cast import DAY, at, found, vote
from tests.proposals.secret import hidden
from tests.proposals.test_pages import as_

pytestmark = pytest.mark.django_db
BLANK = {"choice": None, "receipt": None, "cast_at": None, "ballots": 0}


@pytest.fixture
def group() -> list[Member]:
    return found(users=True)


@pytest.fixture
def held(group: list[Member]) -> Round:
    """Ana and ben have voted, ben twice."""
    held = hidden(group[0], database_clock() - DAY)[1]
    vote(held, group[0], "for", database_clock())
    vote(held, group[1], "for", database_clock())
    vote(held, group[1], "against", database_clock(), reason="No.")
    return held


def seats(who: Member | None) -> list[dict[str, Any]]:
    (only,) = as_(who).get("/api/v1/proposals/1/").json()["rounds"]
    assert only["tally"] is None
    return list(only["seats"])


def test_members_read_who_has_a_seat_and_their_own_ballot(group: list[Member], held: Round) -> None:
    named = [(seat["position"], seat["member"], seat["name"]) for seat in seats(group[2])]
    assert named == [(1, "ana", "Ana Silva"), (2, "ben", "Ben Okoro"), (3, "chen", "陈雨")]
    assert [{key: seat[key] for key in BLANK} for seat in seats(group[2])] == [BLANK] * 3
    first, own, last = ({key: seat[key] for key in BLANK} for seat in seats(group[1]))
    assert (first, last) == (BLANK, BLANK)
    # The receipt would tell of the others (docs/hidden.md).
    assert own == {"choice": "against", "receipt": None, "cast_at": own["cast_at"], "ballots": 2}
    assert own["cast_at"] is not None


def test_others_read_nothing_until_it_is_closed(group: list[Member], held: Round) -> None:
    memberships.declare_exit(member=group[2], exited_on=date(2026, 2, 1), by="import", at=database_clock())
    assert (seats(None), seats(group[2])) == ([], [])
    rounds.close_due(clock=at(held.deadline_at))
    (only,) = as_(None).get("/api/v1/proposals/1/").json()["rounds"]
    assert [(seat["choice"], seat["receipt"] is None) for seat in only["seats"]] == [
        ("for", False), ("against", False), (None, True),
    ]  # fmt: skip
