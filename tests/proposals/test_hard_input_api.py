"""What no form would send: every POST of the API answers it with a refusal by name, never with a failure of ours."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.test import Client

from journal.clock import database_clock
from members.models import Member
from proposals import api
from proposals.services import ballots, comments, motions, proposing
from tests.proposals.cast import DAY, application, found

pytestmark = pytest.mark.django_db
HARD = [
    "", "\x00", "\ud83d", "x" * 100_000, "9999-12-31", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00",
    2**63, -(10**400), float("inf"), None, True, [], {"a": 2**70},
]  # fmt: skip
NO_BODY = ["", "{", "[]", "null", "7", '"x"', "{}", '{"\\u0000": 1}']
PLAN: dict[str, object] = {
    "text": "Why.",
    "opens_at": None,
    "execute_on": None,
    "final_ballots": False,
    "hidden": False,
}
ACTS: dict[str, dict[str, object]] = {
    "removal": {"handle": "chen"},
    "amendment": {"changes": {"stipend.member": "500"}, "effective_on": None, "texts": {}, "replaces": {}},
    "budget": {
        "quarter": "2027-Q1", "headcount": 3, "hours_per_head_centi": 100, "pow_micro": 1, "stipend_micro": 1,
    },
    "dispute": {"engagement": "E-1", "percent": 50},
    "resolution": {"title": "So it is"},
    "objection": {"project": "Bridge", "plan_url": "https://x.example/1", "expert": "ben", "title": "No tests"},
    "election": {},
}  # fmt: skip
NAMED = [("changes", "stipend.member"), ("changes", "voting.days"), ("texts", "daily.1/en"), ("texts", "/"), ("x", "x")]
# By the name of the address: where it is, and what it takes. The first proposal runs, the second is an election, the
# third may have another round.
SENT: dict[str, tuple[str, dict[str, object]]] = {
    "proposals": ("", {"kind": "resolution", "params": {"title": "It is so"}} | PLAN),
    "drafts": ("drafts/", {"kind": "resolution", "params": {"title": "It is so"}} | PLAN),
    "ballots": ("1/ballots/", {"round": 1, "choice": "against", "reason": "No.", "missing": ""}),
    "signature": ("1/ballots/1/signature/", {"signature": "0x" + "1" * 130}),
    "evidence": ("1/evidence/", {"envelope": "{}"}),
    "rounds": ("3/rounds/", {"changes": "New.", "text": "Other words."}),
    "execution": ("1/execution/", {}),
    "comments": ("1/comments/", {"text": "I see.", "answers": None}),
    "retraction": ("1/comments/1/retraction/", {}),
    "motions": ("1/rounds/1/motions/", {"kind": "hold", "reason": "To read.", "until_at": "2999-01-01T00:00:00Z"}),
    "motion_answer": ("1/rounds/1/motions/1/answer/", {}),
    "candidacies": ("2/candidacies/", {"statement": "I can.", "deputy": "chen"}),
    "take-back": ("2/withdrawal/", {}),
    "recuse": ("2/recusal/", {"reason": "Mine."}),
}


@pytest.fixture
def leader(settings: Any) -> Member:
    """ana, who leads, with a vote, a ballot, a comment and a motion of hers, an election that waits, and a vote that
    nobody took part in.
    """
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    ana, *_others = found(users=True)
    assert ana.user is not None
    at = database_clock()
    said: dict[str, Any] = {"kind": "resolution", "text": "Why.", "by": ana}
    made = proposing.propose(**said, params={"title": "We say so"}, at=at - DAY)
    held = made.rounds.get()
    ballots.cast(round_id=held.pk, by=ana, choice="for")
    comments.write(proposal=made, by=ana.user, text="Mine.")
    motions.ask(round_id=held.pk, kind="extend", reason="Longer.", by=ana, until_at=held.deadline_at + DAY)
    proposing.propose(kind="election", params={}, text="It is time.", by=ana, at=at)
    proposing.propose(**said, params={"title": "We said so"}, at=at - 9 * DAY)
    return ana


def spoilt(body: dict[str, object]) -> Iterator[str]:
    """The body with one field after the other made hard, and bodies that are none."""
    yield from NO_BODY
    for field in body:
        yield from (json.dumps(body | {field: hard}) for hard in HARD)


def sent(by: Member, path: str, bodies: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """Each body with what is answered to it."""
    client = Client(raise_request_exception=False)
    assert by.user is not None
    client.force_login(by.user)
    for body in bodies:
        yield body, client.post(f"/api/v1/proposals/{path}", body, content_type="application/json")


def failing(by: Member, path: str, bodies: Iterable[str]) -> list[tuple[str, int]]:
    """What was answered with a failure, or with a refusal that is no problem details."""
    return [
        (body[:200], answer.status_code)
        for body, answer in sent(by, path, bodies)
        if answer.status_code >= 500
        or (answer.status_code >= 400 and answer["Content-Type"] != "application/problem+json")
    ]


@pytest.mark.parametrize("name", SENT)
def test_no_body_makes_the_api_fail(leader: Member, name: str) -> None:
    path, body = SENT[name]
    assert failing(leader, path, spoilt(body)) == []


@pytest.mark.parametrize("kind", ACTS)
def test_no_params_make_the_api_fail(leader: Member, kind: str) -> None:
    params = ACTS[kind]
    bodies = [{"kind": kind, "params": params | {field: hard}} | PLAN for field in params for hard in HARD]
    if kind == "amendment":
        bodies += [{"kind": kind, "params": {name: {key: hard}}} | PLAN for name, key in NAMED for hard in HARD]
    assert failing(leader, "", map(json.dumps, bodies)) == []


def test_an_application_is_looked_for_by_any_number(leader: Member) -> None:
    application(leader)
    assert failing(leader, "", (json.dumps({"application": hard}) for hard in HARD)) == []


@pytest.mark.parametrize("number", [0, 2**31, 2**63, 10**40])
def test_numbers_that_no_row_has_are_not_there(leader: Member, number: int) -> None:
    paths = [f"{number}/{rest}" for rest in ("rounds/", "execution/", "withdrawal/", "recusal/", "evidence/")]
    paths += [f"1/ballots/{number}/signature/", f"1/comments/{number}/retraction/", f"{number}/candidacies/"]
    paths += [f"1/rounds/{number}/motions/", f"1/rounds/1/motions/{number}/answer/", f"{number}/comments/"]
    words = {"changes": "x", "reason": "x", "text": "x", "envelope": "{}", "kind": "hold", "signature": "0x"}
    answers = [answer for path in paths for _body, answer in sent(leader, path, [json.dumps(words)])]
    assert {answer.status_code for answer in answers} <= {404, 422}


def test_every_address_that_takes_something_is_here() -> None:
    routes: list[Any] = api.urlpatterns
    assert set(SENT) == {route.name for route in routes if hasattr(route.callback.view_class, "post")}
