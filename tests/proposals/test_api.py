"""The API does what the pages do and refuses in the same words."""

from typing import Any

import pytest
import yaml
from django.test import Client

from accounts.models import User
from journal.clock import database_clock
from members.models import Application, Member
from proposals import serializers as shapes
from proposals.models import Ballot, Execution, Round
from proposals.rules import elections, tallies
from proposals.services import rounds
from tests.proposals.cast import DAY, OBJECTION, application, at, found, opened, vote

pytestmark = pytest.mark.django_db
# What of a round is made by hand, and which shape says what it is.
TYPED = {"seats": "Seat", "own": "Ballot", "tally": "Tally", "motions": "Motion", "objections": "Objection"}


@pytest.fixture
def group() -> list[Member]:
    return found(users=True)


@pytest.fixture
def held(group: list[Member]) -> Round:
    return opened(group[0], moment=database_clock() - DAY)[1]


def as_(who: Member | User | None) -> Client:
    client = Client()
    user = who.user if isinstance(who, Member) else who
    if user is not None:
        client.force_login(user)
    return client


def get(who: Member | User | None, path: str) -> Any:
    response = as_(who).get(f"/api/v1/proposals/{path}")
    assert response.status_code == 200, response.content
    return response.json()


def post(who: Member | User | None, path: str, body: object) -> Any:
    return as_(who).post(f"/api/v1/proposals/{path}", body, content_type="application/json")


def test_the_list(group: list[Member], held: Round) -> None:
    vote(held, group[0], moment=database_clock())
    (row,) = get(group[1], "")["results"]
    assert (row["number"], row["state"], row["round"], row["waits_for_me"]) == (1, "active", 1, True)
    assert row["tally"]["in_favour"] == 1
    assert get(None, "")["results"][0]["tally"] is None
    assert [len(get(None, f"?state={state}")["results"]) for state in ("open", "decided", "")] == [1, 0, 1]


def test_a_proposal_with_its_rounds(group: list[Member], held: Round) -> None:
    vote(held, group[1], "object", moment=database_clock())
    found_ = get(group[2], "1/")
    (only,) = found_["rounds"]
    assert found_["acts"] == [{"act": "members.admit", "params": {"application": Application.objects.get().pk}}]
    assert [seat["choice"] for seat in only["seats"]] == [None, "object", None]
    assert only["objections"][0]["reason"] == OBJECTION["reason"]
    assert only["wording"]["handle"] == "noor"
    assert "One objection stands" in only["explanation"]


@pytest.mark.parametrize("who", ["visitor", "applicant"])
def test_others_see_no_ballot_of_an_open_round(group: list[Member], held: Round, who: str) -> None:
    vote(held, group[0], moment=database_clock())
    vote(held, group[1], "object", moment=database_clock())
    reader = Application.objects.get().user if who == "applicant" else None
    (only,) = get(reader, "1/")["rounds"]
    assert (only["seats"], only["tally"], only["explanation"]) == ([], None, None)
    assert [item["reason"] for item in only["objections"]] == ([OBJECTION["reason"]] if reader else [])
    assert (only["wording"] is None) is (reader is None)
    assert as_(reader).get("/api/v1/proposals/1/rounds/1/receipts/").status_code == 404


def test_a_closed_round_is_public_without_its_words(group: list[Member], held: Round) -> None:
    vote(held, group[1], "object", moment=database_clock())
    rounds.close_due(clock=at(held.deadline_at))
    (only,) = get(None, "1/")["rounds"]
    assert [seat["choice"] for seat in only["seats"]] == [None, "object", None]
    assert (only["result"], only["objections"][0]["reason"], only["wording"]) == ("objected", None, None)
    assert len(get(None, "1/rounds/1/receipts/")["ballots"]) == 1


def test_a_cast_answers_with_the_receipt(group: list[Member], held: Round) -> None:
    response = post(group[1], "1/ballots/", {"round": 1, "choice": "for"})
    assert response.status_code == 201
    row = Ballot.objects.get()
    assert (response.json()["receipt"], response.json()["number"], response.json()["nonce"]) == (
        row.receipt, 1, row.nonce,
    )  # fmt: skip
    assert post(group[1], "1/ballots/", {"round": 1, "choice": "for"}).status_code == 409


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"round": 1, "choice": ""}, 422, "choice-missing", "choice"),
        ({"round": 1, "choice": "object"}, 422, "reason-missing", "reason"),
        ({"round": 1, "choice": "object", "reason": "x"}, 422, "information-missing", "missing"),
        ({"round": 1, "choice": "withdrawn"}, 409, "nothing-to-withdraw", None),
        ({"round": 9, "choice": "for"}, 404, "unknown-round", None),
        ({"choice": "for"}, 422, "invalid", "round"),
        ({"round": 1, "choice": "abstain"}, 422, "choice-missing", "choice"),
        ({"round": 1, "choice": "object", "reason": "\ud83d", "missing": "x"}, 422, "invalid", "reason"),
        ({"round": 1, "choice": "object", "reason": "\x00", "missing": "x"}, 422, "invalid", "reason"),
        ({"round": 10**40, "choice": "for"}, 404, "unknown-round", None),
    ],
)
def test_refusals_are_problem_details(
    group: list[Member], held: Round, body: dict[str, object], status: int, code: str, field: str | None
) -> None:
    response = post(group[1], "1/ballots/", body)
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    said = response.json()
    assert said["code"] == code
    assert [error["field"] for error in said.get("errors", [])] == ([field] if field else [])
    assert not Ballot.objects.exists()


def test_no_client_names_a_time_or_a_number(group: list[Member], held: Round) -> None:
    body = {"round": 1, "choice": "for", "cast_at": "2020-01-01T00:00:00Z", "number": 77, "seat": 3, "clock": 1}
    assert post(group[1], "1/ballots/", body).status_code == 201
    row = Ballot.objects.select_related("seat").get()
    assert (row.number, row.seat.member) == (1, group[1])
    assert row.cast_at > held.opened_at


def test_visitors_change_nothing(group: list[Member], held: Round) -> None:
    for path, body in (("", {"application": 1}), ("1/ballots/", {}), ("1/rounds/", {}), ("1/execution/", {})):
        assert post(None, path, body).status_code in (401, 403)


def test_the_leader_opens_and_goes_on(group: list[Member]) -> None:
    papers = application(group[0])
    refused = post(group[1], "", {"application": papers.pk})
    assert (refused.status_code, refused.json()["code"]) == (403, "leader-only")
    made = post(group[0], "", {"application": papers.pk})
    assert (made.status_code, made.json()["number"], made.json()["state"]) == (201, 1, "active")
    assert post(group[0], "", {"application": 999}).status_code == 404
    assert post(group[0], "1/rounds/", {"changes": "New."}).json()["code"] == "round-running"
    post(group[2], "1/ballots/", {"round": 1, "choice": "object", **OBJECTION})
    assert post(group[0], "1/rounds/", {}).json()["code"] == "changes-missing"
    following = post(group[0], "1/rounds/", {"changes": "New."})
    assert (following.status_code, [one["number"] for one in following.json()["rounds"]]) == (201, [1, 2])


@pytest.mark.parametrize(
    "beside",
    [
        {"hidden": True},
        {"hidden": False},
        {"opens_at": "2999-01-01T00:00:00Z", "execute_on": None},
        {"text": "", "params": {}, "final_ballots": True},
    ],
)
def test_beside_an_application_nothing_is_dropped_in_silence(group: list[Member], beside: dict[str, object]) -> None:
    response = post(group[0], "", {"application": application(group[0]).pk} | beside)
    assert (response.status_code, response.json()["code"]) == (422, "invalid")
    assert {error["field"] for error in response.json()["errors"]} == set(beside)
    assert not Round.objects.exists()


def test_the_shape_of_a_count_is_the_count_s() -> None:
    rule = elections.RUN_OFF
    simple, election = tallies.counted(rule, 3, {}), elections.elect(rule, 3, {}, ["ben"])
    fields = shapes.TallySerializer().fields
    assert set(fields) == set(election.as_json())
    assert {name for name, field in fields.items() if field.required} == set(simple.as_json())


def test_every_part_of_a_round_has_a_shape() -> None:
    schemas = yaml.safe_load(Client().get("/api/schema/").content)["components"]["schemas"]
    for name, shape in TYPED.items():
        assert f"#/components/schemas/{shape}'" in str(schemas["Round"]["properties"][name])
    assert "#/components/schemas/Round'" in str(schemas["Proposal"]["properties"]["rounds"])
    assert "#/components/schemas/Tally'" in str(schemas["ProposalRow"]["properties"]["tally"])


def test_carrying_out(group: list[Member]) -> None:
    _proposal, held = opened(group[0], moment=database_clock() - 2 * DAY)
    assert post(group[1], "1/execution/", {}).json()["code"] == "not-passed"
    for member in group:
        vote(held, member, moment=database_clock())
    done = post(group[1], "1/execution/", {})
    assert (done.status_code, done.json()["state"], done.json()["execution"]["effect"]) == (
        201, "executed", "membership/noor",
    )  # fmt: skip
    assert post(group[1], "1/execution/", {}).json()["code"] == "already-executed"
    assert Execution.objects.count() == 1
