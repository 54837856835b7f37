"""The pages of drafts and of rounds under a rule that counts: what is missing, what it would do, voting, the end."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from journal.clock import database_clock
from members.models import Member
from members.services import memberships
from proposals.models import Ballot, Proposal
from proposals.services import rounds
from tests.proposals.cast import DAY, at, found

pytestmark = pytest.mark.django_db
# What each form sends; the settings of the charter are named as they are there.
TYPED: dict[str, dict[str, str]] = {
    "removal": {"handle": "chen"},
    "amendment": {"stipend.member": "500", "voting.days": "5", "effective_on": "2999-01-01"},
    "budget": {"quarter": "2027-Q1", "headcount": "3", "hours_per_head": "40", "pow_u": "7,200", "stipend_u": "3000.5"},
    "resolution": {"title": "The DAO should keep its own index"},
    "objection": {
        "project": "Bridge",
        "plan_url": "https://forum.example/t/bridge",
        "expert": "chen",
        "title": "No time for tests",
    },
}
SAID = {
    "removal": ["陈雨 (chen) leaves the group", "Membership of 陈雨", "no last day"],
    "amendment": ["instead of 400", "500 (U+LXP) a month", "From Tue 1 Jan 2999 on"],
    "budget": ["The budget of Q1 2027 is granted: 10,200.5", "7,200", "3,000.5"],
    "resolution": ["The group has resolved: The DAO should keep its own index"],
    "objection": [
        "The group upholds the objection of 陈雨 to the plan of Bridge: “No time for tests”.",
        "The project adjusts its plan",
        "of the whole group",
    ],
}


@pytest.fixture
def group() -> list[Member]:
    return found(users=True)


def as_(member: Member) -> Client:
    client = Client()
    assert member.user is not None
    client.force_login(member.user)
    return client


def send(client: Client, kind: str, button: str, **more: str) -> Any:
    return client.post(f"/proposals/new/{kind}/", TYPED[kind] | {"text": "Because.", button: "1"} | more)


@pytest.mark.parametrize("kind", TYPED)
def test_a_draft_is_previewed_opened_and_shown(group: list[Member], kind: str) -> None:
    client = as_(group[0])
    empty = client.get(f"/proposals/new/{kind}/").content.decode()
    assert "Missing before it can open" in empty
    assert "Say in the form what it should do." in empty
    shown = send(client, kind, "preview")
    assert (shown.status_code, Proposal.objects.count()) == (200, 0)
    page = shown.content.decode().replace("\u00a0", " ")
    assert "It can open" in page
    assert [words for words in SAID[kind] if words not in page] == []
    opened = send(client, kind, "open")
    assert (opened.status_code, opened["Location"]) == (302, "/proposals/1/")
    page = client.get("/proposals/1/").content.decode().replace("\u00a0", " ")
    assert [words for words in SAID[kind] if words not in page] == []
    assert "Because." in page
    assert 'value="against"' in page
    assert 'value="object"' not in page
    assert client.get("/proposals/").status_code == 200


def test_what_is_missing_stands_in_the_list_and_at_its_field(group: list[Member]) -> None:
    response = send(as_(group[0]), "budget", "open", pow_u="many", text="")
    page = response.content.decode()
    assert (response.status_code, Proposal.objects.count()) == (422, 0)
    assert 'value="many"' in page
    assert "many is not a number." in page
    assert "Say why: everybody who votes reads it." in page


def test_a_setting_out_of_its_bounds_comes_back(group: list[Member]) -> None:
    response = send(as_(group[1]), "amendment", "open", **{"stipend.lxp_share": "120%"})
    assert (response.status_code, Proposal.objects.count()) == (422, 0)
    assert 'value="120%"' in response.content.decode()


def test_only_the_leader_opens_a_removal_and_a_member_is_told(group: list[Member]) -> None:
    client = as_(group[1])
    assert "The group leader opens it." in client.get("/proposals/new/").content.decode()
    response = send(client, "removal", "open")
    assert (response.status_code, Proposal.objects.count()) == (403, 0)
    assert "Only the group leader opens" in response.content.decode()


def test_the_same_twice_is_told(group: list[Member]) -> None:
    client = as_(group[0])
    send(client, "resolution", "open")
    assert send(client, "resolution", "open").status_code == 409


def test_strangers_draft_nothing(group: list[Member]) -> None:
    assert Client().get("/proposals/new/").status_code == 302
    assert as_(group[0]).get("/proposals/new/party/").status_code == 404
    assert as_(group[0]).get("/proposals/new/admission/").status_code == 404


def test_a_vote_against_with_its_reason_and_the_end(group: list[Member]) -> None:
    clients = [as_(member) for member in group]
    send(clients[0], "resolution", "open", final_ballots="on")
    held = Proposal.objects.get().rounds.get()
    assert held.final_ballots
    for client, choice in zip(clients, ("against", "abstain", "for"), strict=True):
        data = {"round": held.pk, "choice": choice, "reason": f"I say {choice}."}
        if choice == "for":
            page = client.get("/proposals/1/").content.decode()
            assert "Ballots are final" in page or "Nobody left can change" in page
        assert client.post("/proposals/1/ballot/", data).status_code == 302
        page = client.get("/proposals/1/").content.decode()
        assert "If the round ended now, it would not pass." in page
    assert "I say against." in page
    assert "I say for." not in page
    again = clients[0].post("/proposals/1/ballot/", {"round": held.pk, "choice": "for"})
    assert again.status_code == 409
    part = clients[0].post("/proposals/1/ballot/", {"round": held.pk, "choice": ""}, headers={"HX-Request": "true"})
    assert (part.status_code, "Choose whether you are in favour, against, or abstain." in part.content.decode()) == (
        422, True,
    )  # fmt: skip
    assert [str(one.result) for one in rounds.close_due(clock=at(held.deadline_at))] == ["rejected"]
    page = Client().get("/proposals/1/").content.decode()
    assert "There were not enough votes, so nothing changes." in page
    assert "At least" in page or "More than" in page
    assert Ballot.objects.count() == 3


def test_a_removal_s_words_are_the_members(group: list[Member]) -> None:
    client = as_(group[0])
    send(client, "removal", "open", text="Secret reasons.")
    assert "Secret reasons." in client.get("/proposals/1/").content.decode()
    assert "Secret reasons." not in Client().get("/proposals/1/").content.decode()


@pytest.mark.parametrize("kind", ["amendment", "removal"])
def test_a_draft_costs_the_same_for_three_members_and_thirty(kind: str) -> None:
    counts = []
    for size in (3, 30):
        with_more = [f"m{number:02d}" for number in range(size)]
        if size == 3:
            leader = found(with_more, users=True)[0]
        else:
            for handle in with_more[3:]:
                memberships.join(
                    handle=handle, name=handle, joined_on=(database_clock() - DAY).date(), decided_by="x", by="x",
                    at=database_clock(),
                )  # fmt: skip
        client = as_(leader)
        client.get(f"/proposals/new/{kind}/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/proposals/new/{kind}/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 40


def test_an_objection_is_public_at_once_with_its_plan(group: list[Member]) -> None:
    send(as_(group[1]), "objection", "open")
    page = Client().get("/proposals/1/").content.decode()
    for words in ("Because.", "No time for tests", "Objection of", "陈雨"):
        assert words in page
    assert '<a href="https://forum.example/t/bridge" rel="nofollow noopener">' in page
    assert "The plan can stand as it is." in as_(group[0]).get("/proposals/1/").content.decode()


def test_what_an_objection_lacks_stands_at_its_field(group: list[Member]) -> None:
    response = send(as_(group[1]), "objection", "open", plan_url="javascript:alert(1)")
    page = response.content.decode()
    assert (response.status_code, Proposal.objects.count()) == (422, 0)
    assert "Enter the link to the plan" in page
    assert 'value="javascript:alert(1)"' in page


def test_an_objection_that_is_announced_shows_its_plan_before_it_opens(group: list[Member]) -> None:
    later = (database_clock() + 3 * DAY).date().isoformat()
    assert send(as_(group[1]), "objection", "open", opens_on=later).status_code == 302
    page = Client().get("/proposals/1/").content.decode()
    assert '<a href="https://forum.example/t/bridge" rel="nofollow noopener">' in page
    assert "No time for tests" in page
    page = as_(group[0]).get("/proposals/1/").content.decode()
    assert "Send my comment" in page


def test_an_election_s_page_sends_neither_an_opening_nor_a_day(group: list[Member]) -> None:
    typed = {"text": "Because.", "open": "1", "opens_on": "2026-11-30", "execute_on": "not a day"}
    assert as_(group[1]).post("/proposals/new/election/", typed).status_code == 302
    assert Proposal.objects.get().execute_on is None
