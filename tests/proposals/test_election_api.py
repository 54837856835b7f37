"""Elections over the API where it is not the page: a second tab, the field of a refusal, names in the arithmetic."""

from typing import Any

import pytest
from django.test import Client

import charter.selectors
from journal.clock import database_clock
from members.models import Member, Term
from members.services import terms
from proposals.models import Declaration, Proposal, Round
from proposals.services import candidacies, elections, openings, rounds
from tests.proposals.cast import DAY, HOUR, at, found

pytestmark = pytest.mark.django_db
API = "/api/v1/proposals/1/"


@pytest.fixture
def members() -> list[Member]:
    """Three members; the leader's term ended ten days ago."""
    group = found(users=True)
    last = charter.selectors.today(database_clock()) - 10 * DAY
    terms.end_term(term=Term.objects.get(role="leader"), ends_on=last, by="import", at=database_clock() - 200 * DAY)
    return group


@pytest.fixture
def election(members: list[Member]) -> Proposal:
    """Put forward twenty days ago; it waits for who stands."""
    made = elections.put_forward_due(clock=at(database_clock() - 20 * DAY))
    assert made is not None
    return made


def opened(election: Proposal, *standing: Member) -> Round:
    """The first round, since yesterday."""
    moment = database_clock() - DAY
    for member in standing:
        candidacies.stand(proposal=election, by=member, statement="I can.", clock=at(moment - HOUR))
    return openings.open_pending(proposal=election, by=rounds.SYSTEM, clock=at(moment))


def as_(member: Member) -> Client:
    client = Client(raise_request_exception=False)
    assert member.user is not None
    client.force_login(member.user)
    return client


def stand(member: Member, **said: str) -> Any:
    return as_(member).post(f"{API}candidacies/", said, content_type="application/json")


def test_stepping_down_in_another_tab_is_no_failure(
    members: list[Member], election: Proposal, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing = candidacies.stand

    def outrun(**told: Any) -> Declaration:
        made = standing(**told)
        candidacies.step_down(proposal=told["proposal"], by=told["by"])
        return made

    monkeypatch.setattr(candidacies, "stand", outrun)
    answer = stand(members[1], statement="I will.")
    assert (answer.status_code, answer.json()["code"]) == (409, "not-standing")


@pytest.mark.parametrize(
    ("deputy", "status", "code"), [("nobody", 422, "unknown-handle"), ("ben", 422, "deputy-is-leader")]
)
def test_a_wrong_deputy_is_said_at_its_field(
    members: list[Member], election: Proposal, deputy: str, status: int, code: str
) -> None:
    answer = stand(members[1], statement="I will.", deputy=deputy)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert [error["field"] for error in answer.json()["errors"]] == ["deputy"]


def test_the_arithmetic_calls_people_by_name(members: list[Member], election: Proposal) -> None:
    opened(election, members[1], members[2])
    said = {"round": 1, "choice": "for:chen"}
    assert as_(members[1]).post(f"{API}ballots/", said, content_type="application/json").status_code == 201
    (held,) = as_(members[1]).get(API).json()["rounds"]
    assert held["explanation"].startswith("Ben Okoro 0, 陈雨 1.")
