"""What waits, over the API: announcing, reading, taking back, recusal, the times of a draft, other words."""

import json
from typing import Any

import pytest
from django.test import Client

from journal.clock import database_clock
from members.models import Member
from proposals.models import DeclarationWords, Proposal
from proposals.services import proposing, rounds
from tests.proposals.cast import DAY, HOUR, at, found, vote

pytestmark = pytest.mark.django_db
PLAN: dict[str, Any] = {"kind": "resolution", "params": {"title": "So it is"}, "text": "Because."}


@pytest.fixture
def group() -> list[Member]:
    return found(users=True)


def ask(member: Member | None, method: str, path: str, data: Any = None) -> Any:
    client = Client()
    if member is not None:
        assert member.user is not None
        client.force_login(member.user)
    sent = json.dumps(data) if data is not None else ""
    return client.generic(method, f"/api/v1/proposals/{path}", sent, content_type="application/json")


def announced(by: Member) -> Any:
    opens_at = (database_clock() + 3 * DAY).isoformat()
    return ask(by, "POST", "", PLAN | {"opens_at": opens_at})


def test_what_is_announced_is_read_by_everybody(group: list[Member]) -> None:
    made = announced(group[1])
    assert (made.status_code, made.json()["state"], made.json()["rounds"]) == (201, "pending", [])
    shown = ask(None, "GET", "1/").json()
    assert (shown["pending"]["electors"], shown["pending"]["refused"]) == (3, None)
    assert shown["pending"]["words"]["text"] == "Because."
    (row,) = ask(None, "GET", "?state=pending").json()["results"]
    assert (row["state"], row["round"], row["deadline_at"]) == ("pending", None, None)
    assert row["opens_at"] == shown["opens_at"]
    assert ask(None, "GET", "?state=open").json()["results"] == []
    assert ask(group[0], "POST", "1/rounds/", {"changes": "x"}).json()["code"] == "not-opened"


def test_who_takes_no_part_and_who_takes_it_back(group: list[Member]) -> None:
    announced(group[1])
    assert ask(group[2], "POST", "1/recusal/", {"reason": ""}).json()["code"] == "reason-missing"
    assert ask(group[2], "POST", "1/recusal/", {"reason": "Mine."}).status_code == 204
    absent = {"member": "chen", "why": "recused", "reason": None}
    assert ask(None, "GET", "1/").json()["pending"]["absent"] == [absent]
    # Members read why, as on the page, until it is erased.
    assert ask(group[0], "GET", "1/").json()["pending"]["absent"] == [absent | {"reason": "Mine."}]
    DeclarationWords.objects.update(salt="", text="")
    assert ask(group[0], "GET", "1/").json()["pending"]["absent"] == [absent]
    assert ask(group[2], "DELETE", "1/recusal/").status_code == 204
    assert ask(group[2], "POST", "1/withdrawal/").json()["code"] == "not-yours"
    assert ask(group[1], "POST", "1/withdrawal/").status_code == 204
    assert ask(None, "GET", "1/").json()["state"] == "canceled"
    assert ask(None, "POST", "1/withdrawal/").status_code == 401


def test_a_draft_tells_its_times(group: list[Member]) -> None:
    day = (database_clock() + 40 * DAY).date().isoformat()
    told = ask(group[1], "POST", "drafts/", PLAN | {"execute_on": day}).json()
    assert (told["missing"], told["absent"]) == ([], [])
    assert told["opens_at"] < told["earliest_end_at"] < told["deadline_at"] < told["execute_at"] < told["lapses_at"]
    late = ask(group[1], "POST", "drafts/", PLAN | {"opens_at": "2020-01-01T00:00:00Z"}).json()
    assert [refused["code"] for refused in late["missing"]] == ["opens-in-past"]


def test_the_next_round_with_other_words(group: list[Member]) -> None:
    proposing.propose(by=group[1], at=database_clock() - 8 * DAY, **PLAN)
    sent = {"changes": "The cost.", "text": "It costs 40."}
    made = ask(group[1], "POST", "1/rounds/", sent)
    assert (made.status_code, made.json()["rounds"][1]["wording"]["text"]) == (201, "It costs 40.")


def test_a_success_tells_from_when_on(group: list[Member]) -> None:
    day = (database_clock() + 40 * DAY).date()
    ask(group[1], "POST", "", PLAN | {"execute_on": day.isoformat()})
    proposal = Proposal.objects.get()
    for member in group:
        vote(proposal.rounds.get(), member, moment=database_clock() + HOUR)
    (outcome,) = rounds.close_due(clock=at(database_clock() + 8 * DAY))
    last = ask(None, "GET", "1/").json()["rounds"][-1]
    assert (outcome.execute_at is not None, last["result"], last["expires_at"] > last["execute_at"]) == (
        True, "succeeded", True,
    )  # fmt: skip
    assert ask(group[0], "POST", "1/execution/").json()["code"] == "too-early"
