"""People and applications over the API: the rules and words of the pages, bounded, scoped, without surplus fields."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.services import tokens
from charter import selectors as charter
from journal.clock import database_clock
from members.models import Application, Interview, Member, Membership
from members.rules.interviews import KEYS
from members.services import applications, memberships
from tests.cast import ANSWERS, AT, Cast, person

pytestmark = pytest.mark.django_db

API = "/api/v1"
APPLICATION_KEYS = {
    "id", "state", "name", "handle", "builder_since", "builder_url", "builder_confirmed_by", "criteria", "experience",
    "evidence", "project", "open_source", "communication", "weekly_hours", "saved_at", "submitted_at", "withdrawn_at",
    "closed_at", "member", "missing",
}  # fmt: skip


def ask(client: Client, method: str, path: str, body: Any = None, **more: Any) -> Any:
    return client.generic(method, f"{API}{path}", *_body(body), **more)


def _body(body: Any) -> tuple[str, str]:
    return (json.dumps(body) if body is not None else "", "application/json")


def test_everybody_reads_the_roll_and_no_address(cast: Cast, client: Client) -> None:
    answer = ask(client, "GET", "/members/")
    assert answer.status_code == 200
    rows = answer.json()["results"]
    assert [row["handle"] for row in rows] == ["bo", "chen", "lin"]
    assert set(rows[0]) == {"handle", "name", "active", "roles", "joined_on", "exited_on", "on_leave_until"}
    assert rows[2]["roles"] == ["leader", "member"]
    assert "@" not in answer.content.decode()


@pytest.mark.parametrize(("size", "rows"), [("1", 1), ("2", 2), ("9999999", 3), ("0", 3), ("-1", 3), ("x", 3)])
def test_a_page_is_bounded(cast: Cast, client: Client, size: str, rows: int) -> None:
    assert len(ask(client, "GET", f"/members/?size={size}").json()["results"]) == rows


@pytest.mark.parametrize("page", ["0", "2", "-1", "x", "9" * 40])
def test_a_page_that_is_none_is_a_404_problem(cast: Cast, client: Client, page: str) -> None:
    answer = ask(client, "GET", f"/members/?page={page}")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_more_than_two_hundred_rows_never_come_at_once(cast: Cast, client: Client) -> None:
    Member.objects.bulk_create([Member(handle=f"m{number:04}", name="M") for number in range(230)])
    people = Member.objects.filter(handle__startswith="m0")
    Membership.objects.bulk_create(
        [Membership(member=member, joined_on=AT.date(), decided_by="test") for member in people]
    )
    found = ask(client, "GET", "/members/?size=5000").json()
    assert (found["count"], len(found["results"])) == (233, 200)


def test_who_am_i(cast: Cast, client: Client) -> None:
    assert ask(client, "GET", "/me/").status_code == 401
    client.force_login(cast.user("lin"))
    assert ask(client, "GET", "/me/").json() | {"day": ""} == {
        "email": "lin@cast.example",
        "name": "Lin Wei",
        "language": "",
        "handle": "lin",
        "roles": ["leader", "member"],
        "day": "",
    }
    client.force_login(cast.mira)
    assert ask(client, "GET", "/me/").json()["roles"] == ["treasurer"]


def test_an_application_from_draft_to_withdrawal(cast: Cast, client: Client) -> None:
    client.force_login(cast.otto)
    assert ask(client, "GET", "/applications/own/").status_code == 404
    assert ask(client, "POST", "/applications/own/submit/").status_code == 404
    body = {key: value for key, value in ANSWERS.items() if key != "weekly_hours_centi"}
    body |= {"handle": "otto", "builder_since": "2025-09-28", "weekly_hours": "7.5"}
    assert ask(client, "PATCH", "/applications/own/", {"handle": "otto"}).status_code == 200
    refused = ask(client, "POST", "/applications/own/submit/")
    assert refused.status_code == 422
    problem = refused.json()
    assert (problem["code"], len(problem["errors"])) == ("incomplete", 7)
    assert {"field": "criteria", "code": "criterion-missing", "clause": "req.1"}.items() <= problem["errors"][1].items()
    saved = ask(client, "PATCH", "/applications/own/", body).json()
    assert set(saved) == APPLICATION_KEYS
    assert (saved["state"], saved["weekly_hours"]) == ("draft", "7.50")
    assert ask(client, "POST", "/applications/own/submit/").json()["state"] == "submitted"
    again = ask(client, "POST", "/applications/own/submit/")
    assert (again.status_code, again.json()["code"]) == (409, "already-submitted")
    assert ask(client, "POST", "/applications/own/withdraw/").json()["state"] == "withdrawn"


def test_the_same_words_as_the_page(cast: Cast, client: Client) -> None:
    client.force_login(cast.otto)
    page = client.post(
        "/apply/you/", {"name": "Otto", "handle": "pool", "builder_since": "2025-01-01", "then": "continue"}
    )
    ask(client, "PATCH", "/applications/own/", {"handle": "pool"})
    errors = ask(client, "POST", "/applications/own/submit/").json()["errors"]
    (sentence,) = [one["detail"] for one in errors if one["field"] == "handle"]
    assert sentence in page.content.decode()


FOREIGN = {
    "id": 1,
    "user": 1,
    "state": "admitted",
    "submitted_at": "2020-01-01T00:00:00Z",
    "withdrawn_at": "2020-01-01T00:00:00Z",
    "closed_at": "2020-01-01T00:00:00Z",
    "created_at": "2020-01-01T00:00:00Z",
    "saved_at": "2020-01-01T00:00:00Z",
    "builder_url": "https://evil.example",
    "builder_confirmed_by": "lin",
    "member": "lin",
    "missing": [],
}


def test_nothing_but_the_listed_answers_is_written(cast: Cast, client: Client) -> None:
    client.force_login(cast.otto)
    ask(client, "PATCH", "/applications/own/", {"name": "Otto"})
    before: dict[str, Any] = dict(Application.objects.filter(user=cast.otto).values().get())
    assert ask(client, "PATCH", "/applications/own/", FOREIGN).status_code == 200
    after: dict[str, Any] = dict(Application.objects.filter(user=cast.otto).values().get())
    assert {key for key in before if before[key] != after[key]} == {"saved_at"}
    assert after["saved_at"].year > 2020


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"builder_since": "31.12.2025"}, "builder_since"),
        ({"criteria": "req.1.a"}, "criteria"),
        ({"criteria": ["req.9"]}, "criteria.0"),
        ({"evidence": [{"url": "x" * 501, "shows": ""}]}, "evidence.0.url"),
        ({"evidence": [{"url": "", "shows": ""}] * 7}, "evidence"),
        ({"project": "x" * 2001}, "project"),
        ({"weekly_hours": "7.555"}, "weekly_hours"),
        ({"weekly_hours": "NaN"}, "weekly_hours"),
        ({"experience": {"req.1.a": "long"}}, "experience.req.1.a"),
    ],
)
def test_each_answer_that_cannot_be_kept_is_named(cast: Cast, client: Client, body: Any, field: str) -> None:
    client.force_login(cast.otto)
    answer = ask(client, "PATCH", "/applications/own/", body)
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]
    assert not Application.objects.filter(user=cast.otto).exists()


def test_a_day_at_the_end_of_time_stays_a_draft_that_can_be_read(cast: Cast, client: Client) -> None:
    client.force_login(cast.otto)
    assert ask(client, "PATCH", "/applications/own/", {"builder_since": "9999-12-31"}).status_code == 200
    assert ask(client, "GET", "/applications/own/").json()["builder_since"] == "9999-12-31"
    assert client.get("/apply/you/").status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        # Nothing at all changes nothing.
        ("", 200),
        ("{", 400),
        ("\xff", 400),
        ("9" * 5000, 400),
        ("[" * 100_000, 400),
        ("[]", 422),
        ("null", 422),
        ('"x"', 422),
    ],
)
def test_a_body_that_is_none_is_refused(cast: Cast, client: Client, body: str, status: int) -> None:
    client.force_login(cast.otto)
    answer = client.generic("PATCH", f"{API}/applications/own/", body.encode("latin-1"), "application/json")
    assert answer.status_code == status
    assert answer.headers["Content-Type"] in ("application/json", "application/problem+json")


def test_only_members_read_applications(cast: Cast, client: Client) -> None:
    here = f"/applications/{cast.application.pk}/"
    for path in ("/applications/", here, f"{here}interviews/"):
        assert ask(Client(), "GET", path).status_code == 401
        for user in (cast.otto, cast.noor, cast.mira):
            client.force_login(user)
            answer = ask(client, "GET", path)
            assert (answer.status_code, answer.json()["code"]) == (403, "only-members")
            assert "Noor" not in answer.content.decode()
    client.force_login(cast.user("chen"))
    shown = ask(client, "GET", here).json()
    assert set(shown) == APPLICATION_KEYS
    assert "noor@" not in str(shown)
    assert [one["code"] for one in shown["missing"]] == ["builder-unconfirmed", "interview-missing"]
    listed = ask(client, "GET", "/applications/").json()["results"]
    assert [row["id"] for row in listed] == [cast.application.pk]
    assert listed[0]["state"] == "submitted"


def test_drafts_are_nobodys_but_the_applicants(cast: Cast, client: Client) -> None:
    draft = applications.save_draft(user=cast.otto, changes={"name": "Secret"}, at=AT)
    client.force_login(cast.user("lin"))
    assert ask(client, "GET", f"/applications/{draft.pk}/").status_code == 404
    body = {"since": "2025-01-01", "url": "https://x.example/1"}
    assert ask(client, "POST", f"/applications/{draft.pk}/confirm-builder/", body).status_code == 404
    assert "Secret" not in ask(client, "GET", "/applications/").content.decode()


def test_the_leaders_part(cast: Cast, client: Client) -> None:
    here = f"/applications/{cast.application.pk}/"
    confirmation = {"since": "2026-09-28", "url": "https://x.example/1"}
    record = {
        "held_on": "2026-11-01",
        "minutes": 50,
        "interviewers": ["bo"],
        "answers": dict.fromkeys(KEYS, "Well"),
        "summary": "Good.",
    }
    client.force_login(cast.user("bo"))
    for path, body in ((f"{here}confirm-builder/", confirmation), (f"{here}interviews/", record)):
        answer = ask(client, "POST", path, body)
        assert (answer.status_code, answer.json()["code"], answer.json()["clause"]) == (403, "only-leader", "daily.1")
    client.force_login(cast.user("lin"))
    assert ask(client, "POST", f"{here}confirm-builder/", confirmation).json()["builder_confirmed_by"] == "lin"
    assert ask(client, "POST", f"{here}interviews/", record | {"interviewers": ["nobody"]}).status_code == 422
    made = ask(client, "POST", f"{here}interviews/", record)
    assert (made.status_code, made.json()["interviewers"]) == (201, ["bo"])
    assert Interview.objects.count() == 1
    assert ask(client, "GET", here).json()["missing"] == []


def test_leaving(cast: Cast, client: Client) -> None:
    client.force_login(cast.otto)
    assert ask(client, "POST", "/me/exit/", {"exited_on": "2999-01-01"}).status_code == 403
    client.force_login(cast.user("chen"))
    past = ask(client, "POST", "/me/exit/", {"exited_on": "2026-01-02"})
    assert (past.status_code, past.json()["code"], past.json()["errors"][0]["field"]) == (
        422,
        "exit-in-past",
        "exited_on",
    )
    far = ask(client, "POST", "/me/exit/", {"exited_on": "2999-01-01"})
    assert (far.status_code, far.json()["code"]) == (422, "exit-too-far")
    day = (charter.today(database_clock()) + timedelta(days=30)).isoformat()
    assert ask(client, "POST", "/me/exit/", {"exited_on": day}).json() == {"exited_on": day}


@pytest.mark.parametrize("rows", [1, 3, 60])
def test_the_list_costs_the_same_for_any_number(cast: Cast, client: Client, rows: int) -> None:
    for number in range(rows):
        user = person(f"a{number}@cast.example")
        Application.objects.create(user=user, handle=f"a{number}x", name="A", saved_at=AT, submitted_at=AT)
    client.force_login(cast.user("lin"))
    with CaptureQueriesContext(connection) as asked:
        ask(client, "GET", "/applications/?size=100")
    # The rate limit's own rows are left out: where there is Redis they are no queries.
    assert len([query for query in asked if '"cache"' not in query["sql"]]) == 13


def test_a_session_needs_the_forms_token_and_a_token_does_not(cast: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.otto)
    assert ask(strict, "PATCH", "/applications/own/", {"name": "O"}).status_code == 403
    assert not Application.objects.filter(user=cast.otto).exists()
    _token, secret = tokens.issue(user=cast.otto, name="t", scope="write", days=1, at=timezone.now())
    bearer = {"authorization": f"Bearer {secret}"}
    assert (
        ask(Client(enforce_csrf_checks=True), "PATCH", "/applications/own/", {"name": "O"}, headers=bearer).status_code
        == 200
    )


def test_roles_end_with_the_next_request_for_tokens_too(cast: Cast, client: Client) -> None:
    user = cast.user("chen")
    _token, secret = tokens.issue(user=user, name="t", scope="write", days=1, at=timezone.now())
    bearer = {"authorization": f"Bearer {secret}"}
    client.force_login(user)
    assert ask(client, "GET", "/applications/").status_code == 200
    yesterday = timezone.now().date() - timedelta(days=2)
    memberships.declare_exit(member=cast.chen, exited_on=yesterday, by="import", at=timezone.now())
    assert ask(client, "GET", "/applications/").status_code == 403
    assert ask(Client(), "GET", "/applications/", headers=bearer).status_code == 403
    assert ask(Client(), "GET", "/me/", headers=bearer).json()["roles"] == ["former"]
    assert client.get("/applications/").status_code == 403


def test_methods_that_are_not_there_are_problems_too(cast: Cast, client: Client) -> None:
    client.force_login(cast.user("lin"))
    answer = ask(client, "DELETE", "/applications/own/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (405, "application/problem+json")
    assert User.objects.exists()
