"""Leave and exit over the API: what cannot be is refused by name, never with a failure of ours."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from charter import selectors as charter
from journal.clock import database_clock
from members.models import Leave
from tests.cast import Cast

pytestmark = pytest.mark.django_db
LEAVES, EXIT = "/api/v1/me/leaves/", "/api/v1/me/exit/"
HARD = ["", "\x00", "\ud83d", "2026-02-30", "0000-01-01", "9999999999", 2**63, 10**400, 0.5, None, True, [], {}]
NO_BODY = ["", "{", "[]", "null", "7", "{}"]


def day(days: int) -> str:
    return (charter.today(database_clock()) + timedelta(days=days)).isoformat()


def post(client: Client, path: str, body: Any) -> tuple[int, Any, list[str]]:
    """Status, code, and the fields that need a change."""
    sent = body if isinstance(body, str) else json.dumps(body)
    answer = client.post(path, sent, content_type="application/json")
    said = answer.json()
    if answer.status_code >= 400:
        assert answer["Content-Type"] == "application/problem+json"
    return answer.status_code, said.get("code"), [error["field"] for error in said.get("errors", ())]


@pytest.fixture
def chen(cast: Cast) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(cast.user("chen"))
    return client


@pytest.mark.parametrize(
    ("first", "last", "code", "field"),
    [
        (-1, 3, "leave-in-past", "first_on"),
        (3, 2, "leave-backwards", "last_on"),
        (0, 367, "leave-too-far", "last_on"),
        (0, "9999-12-31", "leave-too-far", "last_on"),
        ("9999-12-31", "9999-12-31", "leave-too-far", "last_on"),
        ("0001-01-01", "0001-01-02", "leave-in-past", "first_on"),
        ("9999-12-31", 0, "leave-backwards", "last_on"),
    ],
)
def test_days_that_cannot_be(chen: Client, first: int | str, last: int | str, code: str, field: str) -> None:
    days = [one if isinstance(one, str) else day(one) for one in (first, last)]
    assert post(chen, LEAVES, {"first_on": days[0], "last_on": days[1]}) == (422, code, [field])
    assert not Leave.objects.exists()


def test_no_two_at_a_time_and_none_twice_over(chen: Client) -> None:
    leave = {"first_on": day(2), "last_on": day(5)}
    assert post(chen, LEAVES, leave)[0] == 201
    assert post(chen, LEAVES, leave) == (409, "leaves-overlap", ["first_on"])
    assert post(chen, LEAVES, {"first_on": day(5), "last_on": day(9)}) == (409, "leaves-overlap", ["first_on"])
    end = f"{LEAVES}{Leave.objects.get().pk}/end/"
    assert post(chen, end, "")[0] == 200
    assert post(chen, end, "") == (409, "leave-over", [])


@pytest.mark.parametrize("hard", HARD)
def test_no_value_makes_it_fail(chen: Client, hard: Any) -> None:
    assert post(chen, LEAVES, {"first_on": hard, "last_on": day(3)}) == (422, "invalid", ["first_on"])
    assert post(chen, LEAVES, {"first_on": day(3), "last_on": hard}) == (422, "invalid", ["last_on"])
    assert post(chen, EXIT, {"exited_on": hard}) == (422, "invalid", ["exited_on"])


@pytest.mark.parametrize("body", NO_BODY)
def test_no_body_makes_it_fail(chen: Client, body: str) -> None:
    assert {post(chen, path, body)[0] for path in (LEAVES, EXIT)} <= {400, 422}


def test_who_is_no_member_has_no_leave(cast: Cast, chen: Client) -> None:
    post(chen, LEAVES, {"first_on": day(2), "last_on": day(5)})
    pk = Leave.objects.get().pk
    assert [post(chen, f"{LEAVES}{number}/end/", "")[0] for number in (0, 2**31, 10**40)] == [404] * 3
    chen.force_login(cast.user("bo"))
    assert post(chen, f"{LEAVES}{pk}/end/", "")[0] == 404
    chen.force_login(cast.otto)
    for path in (LEAVES, f"{LEAVES}{pk}/end/"):
        status, code, _fields = post(chen, path, {"first_on": day(2), "last_on": day(5)})
        assert (status, code) == (403, "only-members")
    said = chen.post(EXIT, {"exited_on": day(3)}, content_type="application/json").json()
    assert said["detail"] == chen.get(LEAVES).json()["detail"] == "Only members of the group do this."
    assert post(Client(), LEAVES, {})[0] == 401
