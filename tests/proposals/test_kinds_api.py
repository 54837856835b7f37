"""Every kind over the API: a draft that is kept nowhere, opening, voting, the words of refusals."""

from typing import Any

import pytest
from django.test import Client

from journal.clock import database_clock
from members.models import Member
from members.services import memberships
from proposals.models import Proposal
from tests.proposals.cast import DAY, found

pytestmark = pytest.mark.django_db
AMEND = {"kind": "amendment", "params": {"changes": {"stipend.member": "500"}}, "text": "Prices rose."}


@pytest.fixture
def group() -> list[Member]:
    return found(users=True)


def post(member: Member | None, path: str, body: dict[str, Any]) -> Any:
    client = Client()
    if member is not None:
        assert member.user is not None
        client.force_login(member.user)
    return client.post(f"/api/v1/proposals/{path}", body, content_type="application/json")


def test_a_draft_says_what_it_would_change_and_keeps_nothing(group: list[Member]) -> None:
    said = post(group[1], "drafts/", AMEND).json()
    assert said["missing"] == []
    assert said["electors"] == 3
    assert said["rule"].startswith("share>=2/3 ")
    assert [(item["before"][:3], item["after"][:3], item["clause"]) for item in said["diff"]] == [
        ("400", "500", "income.1.2.2")
    ]
    assert not Proposal.objects.exists()
    missing = post(group[1], "drafts/", {"kind": "removal", "params": {"handle": "nobody"}}).json()["missing"]
    assert [item["code"] for item in missing] == ["leader-only", "purpose-missing", "unknown-handle"]


def test_it_opens_and_is_voted_on(group: list[Member]) -> None:
    opened = post(group[1], "", AMEND | {"final_ballots": True})
    assert opened.status_code == 201
    said = opened.json()
    assert (said["kind"], said["title"], said["acts"][0]["act"]) == (
        "amendment", "Amend the charter: Stipend of a member", "charter.amend",
    )  # fmt: skip
    assert (said["rounds"][0]["final_ballots"], said["diff"][0]["after"][:3]) == (True, "500")
    ballot = post(group[0], "1/ballots/", {"round": 1, "choice": "against", "reason": "Too soon."})
    assert (ballot.status_code, ballot.json()["choice"], ballot.json()["reason_digest"] != "") == (201, "against", True)
    again = post(group[0], "1/ballots/", {"round": 1, "choice": "for"})
    assert (again.status_code, again.json()["code"]) == (409, "ballot-final")


@pytest.mark.parametrize(
    ("who", "body", "status", "code"),
    [
        (1, AMEND | {"kind": "removal", "params": {"handle": "chen"}}, 403, "leader-only"),
        (1, AMEND | {"text": ""}, 422, "purpose-missing"),
        (1, AMEND | {"params": {"changes": {"no.such": "1"}}}, 422, "unknown-setting"),
        (1, AMEND | {"params": []}, 422, "invalid"),
        (1, AMEND | {"params": {"changes": 7}}, 422, "unreadable-act"),
        (1, AMEND | {"kind": "removal", "params": {"handle": "\x00"}}, 422, "invalid"),
        (1, AMEND | {"kind": "resolution", "params": {"title": "\ud83d"}}, 422, "invalid"),
        (1, AMEND | {"kind": "admission"}, 422, "invalid"),
        (1, AMEND | {"application": 1}, 422, "invalid"),
        (1, {}, 422, "invalid"),
        (1, {"application": 77}, 404, None),
    ],
)
def test_refusals(group: list[Member], who: int, body: dict[str, Any], status: int, code: str | None) -> None:
    response = post(group[who], "", body)
    assert (response.status_code, response.json().get("code") if code else None) == (status, code)
    assert not Proposal.objects.exists()


def test_who_has_left_drafts_nothing(group: list[Member]) -> None:
    at = database_clock()
    memberships.declare_exit(member=group[1], exited_on=at.date() - 2 * DAY, by="import", at=at)
    for path in ("drafts/", ""):
        response = post(group[1], path, AMEND)
        assert (response.status_code, response.json()["code"]) == (403, "members-only")
    assert not Proposal.objects.exists()


def test_an_objection_opens_and_everybody_reads_it(group: list[Member]) -> None:
    params = {"project": "Bridge", "plan_url": "https://x.example/1", "expert": "ben", "title": "No time for tests"}
    assert post(group[2], "", {"kind": "objection", "params": params, "text": "It ships in a week."}).status_code == 201
    said = Client().get("/api/v1/proposals/1/").json()
    assert (said["kind"], said["acts"][0]["params"]) == ("objection", params)
    assert said["rounds"][0]["wording"]["text"] == "It ships in a week."
    missing = post(group[2], "drafts/", {"kind": "objection", "params": params | {"plan_url": "x"}}).json()["missing"]
    assert [item["code"] for item in missing] == ["purpose-missing", "plan-unlinked"]


def test_a_visitor_drafts_and_opens_nothing(group: list[Member]) -> None:
    assert {post(None, path, AMEND).status_code for path in ("", "drafts/")} <= {401, 403}
