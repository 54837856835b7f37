"""Comments over the API: who reads and writes, in pages, refusals by name."""

from typing import Any

import pytest

from journal.clock import database_clock
from members.models import Member
from proposals.models import Comment, Proposal, Round
from proposals.services import proposing
from tests.proposals.cast import DAY, applicant, found, opened
from tests.proposals.test_comments import noor, say
from tests.proposals.test_pages import as_

pytestmark = pytest.mark.django_db
PATH = "/api/v1/proposals/1/comments/"


@pytest.fixture
def group() -> list[Member]:
    return found(users=True)


@pytest.fixture
def held(group: list[Member]) -> Round:
    return opened(group[0], moment=database_clock() - DAY)[1]


@pytest.fixture
def resolution(group: list[Member]) -> Proposal:
    params = {"title": "Keep an index"}
    return proposing.propose(kind="resolution", params=params, text="So.", by=group[0], at=database_clock() - DAY)


def post(who: Any, body: dict[str, Any], path: str = PATH) -> Any:
    return as_(who).post(path, body, content_type="application/json")


def now(where: Round | Proposal, who: Any, text: str, **more: Any) -> Comment:
    return say(where, who, text, database_clock(), **more)


def test_a_comment_is_written_answered_and_taken_back(group: list[Member], held: Round) -> None:
    written = post(group[1], {"text": "See **this**"})
    assert written.status_code == 201
    said = written.json()
    assert (said["number"], said["answers"], said["author"], said["name"]) == (1, None, "ben", "Ben Okoro")
    assert (said["text"], said["html"]) == ("See **this**", "<p>See <strong>this</strong></p>\n")
    answer = post(noor(), {"text": "I see.", "answers": 1}).json()
    assert (answer["answers"], answer["author"], answer["name"]) == (1, None, "Noor Haddad")
    gone = post(group[1], {}, f"{PATH}1/retraction/")
    assert gone.status_code == 201
    listed = as_(noor()).get(PATH).json()
    assert (listed["count"], [row["number"] for row in listed["results"]]) == (2, [1, 2])
    first = listed["results"][0]
    assert (first["text"], first["html"], first["taken_back_at"] is not None) == (None, None, True)
    assert first["digest"] == said["digest"]


def test_who_reads(group: list[Member], held: Round, resolution: Proposal) -> None:
    now(held, group[0], "For members.")
    now(resolution, group[0], "For all.")
    otto = applicant("Otto", "otto")
    asked = {who: as_(who).get(PATH).status_code for who in (group[0], noor(), otto, None)}
    assert list(asked.values()) == [200, 200, 404, 404]
    for who in (group[0], noor(), otto, None):
        (row,) = as_(who).get(f"/api/v1/proposals/{resolution.number}/comments/").json()["results"]
        assert row["text"] == "For all."
    assert as_(None).get("/api/v1/proposals/77/comments/").status_code == 404


@pytest.mark.parametrize(
    ("who", "body", "status", "code"),
    [
        (0, {"text": " "}, 422, "comment-missing"),
        (0, {}, 422, "invalid"),
        (0, {"text": "x" * 4001}, 422, "comment-too-long"),
        (0, {"text": "a", "answers": 9}, 404, "unknown-comment"),
        (0, {"text": "a", "answers": 0}, 422, "invalid"),
        (0, {"text": "a", "answers": 10**30}, 422, "invalid"),
        (0, {"text": "a", "answers": 2}, 422, "answer-too-deep"),
        (1, {"text": "First"}, 409, "same-comment"),
        ("otto", {"text": "a"}, 403, "comment-members-only"),
    ],
)
def test_refusals(
    group: list[Member], held: Round, who: int | str, body: dict[str, Any], status: int, code: str
) -> None:
    now(held, group[1], "First")
    now(held, group[0], "Second", answers=1)
    response = post(applicant("Otto", "otto") if who == "otto" else group[int(who)], body)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert Comment.objects.count() == 2


def test_taking_back_is_the_author_s_and_once(group: list[Member], held: Round) -> None:
    now(held, group[1], "First")
    path = f"{PATH}1/retraction/"
    assert post(group[0], {}, path).json()["code"] == "not-your-comment"
    assert post(applicant("Otto", "otto"), {}, path).json()["code"] == "unknown-comment"
    assert post(None, {}, path).status_code in (401, 403)
    assert post(group[1], {}, path).status_code == 201
    again = post(group[1], {}, path)
    assert (again.status_code, again.json()["code"]) == (409, "comment-gone")


def test_the_twenty_first_waits(group: list[Member], held: Round) -> None:
    for number in range(20):
        now(held, group[0], f"{number}")
    response = post(group[0], {"text": "More"})
    assert (response.status_code, response.json()["code"]) == (429, "too-many-comments")


@pytest.mark.parametrize("count", [1, 3, 30])
def test_a_page_asks_a_constant_number_of_times(
    group: list[Member], resolution: Proposal, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        now(resolution, group[number % 3], f"{number}", answers=1 if number else None)
    browser = as_(None)
    browser.get(PATH)
    with django_assert_num_queries(18):
        assert len(browser.get(PATH).json()["results"]) == count
