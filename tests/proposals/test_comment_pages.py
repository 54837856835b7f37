"""Comments on the page: who reads and writes them, what was typed after a refusal, where one leads, queries, mails."""

import html
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from journal.clock import database_clock
from journal.models import Outbox
from members.models import Application, Member
from members.services import memberships
from proposals.models import Comment, Proposal, Retraction, Round
from proposals.services import comment_mails, comments, proposing
from tests.proposals.cast import DAY, HOUR, applicant, at, found, opened
from tests.proposals.test_comments import noor, say, user
from tests.proposals.test_pages import as_

pytestmark = pytest.mark.django_db
WORDS = "I would **wait** a month."


@pytest.fixture
def group() -> list[Member]:
    return found(users=True)


@pytest.fixture
def held(group: list[Member]) -> Round:
    """A round that opened yesterday."""
    return opened(group[0], moment=database_clock() - DAY)[1]


@pytest.fixture
def resolution(group: list[Member]) -> Proposal:
    params = {"title": "Keep an index"}
    return proposing.propose(kind="resolution", params=params, text="So.", by=group[0], at=database_clock() - DAY)


def now(where: Round | Proposal, who: Any, text: str = WORDS, **more: Any) -> Comment:
    return say(where, who, text, database_clock(), **more)


def text_of(who: Any, path: str) -> str:
    response = as_(who).get(path)
    assert response.status_code == 200, path
    return html.unescape(response.content.decode())


def send(who: Any, body: dict[str, Any], number: int = 1) -> Any:
    return as_(who).post(f"/proposals/{number}/comments/", body)


def test_members_and_the_applicant_read_what_is_said_of_an_admission(group: list[Member], held: Round) -> None:
    now(held, group[1])
    now(held, noor(), "Here I am.")
    for who in (group[0], noor()):
        for path in ("/proposals/1/", "/proposals/1/comments/"):
            text = text_of(who, path)
            assert "I would <strong>wait</strong> a month." in text
            assert "Here I am." in text
    for nobody in (None, applicant("Otto", "otto")):
        assert "wait" not in text_of(nobody, "/proposals/1/").partition('id="comments"')[2]
        assert "Here I am." not in text_of(nobody, "/proposals/1/")
        for path in ("/proposals/1/comments/", "/proposals/1/comments/1/"):
            assert as_(nobody).get(path).status_code == 404


def test_everybody_reads_where_the_words_are_public(group: list[Member], resolution: Proposal) -> None:
    now(resolution, group[1])
    assert "<strong>wait</strong>" in text_of(None, "/proposals/1/")
    assert "<strong>wait</strong>" in text_of(None, "/proposals/1/comments/")
    for path in ("/proposals/1/", "/proposals/1/comments/"):
        assert 'name="text"' not in text_of(None, path)
        assert "Answer Ben" not in text_of(None, path)


def test_who_left_reads_no_more(group: list[Member], held: Round) -> None:
    kept = now(held, group[2])
    memberships.declare_exit(
        member=group[2], exited_on=database_clock().date() - 2 * DAY, by="import", at=database_clock()
    )
    assert "wait" not in text_of(group[2], "/proposals/1/").partition('id="ballots"')[2]
    assert as_(group[2]).get("/proposals/1/comments/").status_code == 404
    # What they wrote is theirs to take back.
    response = as_(group[2]).post(f"/proposals/1/comments/{kept.number}/retraction/")
    assert (response.status_code, response["Location"]) == (302, reverse("proposals:list"))
    assert Retraction.objects.exists()


def test_a_comment_is_written_answered_and_taken_back(group: list[Member], held: Round) -> None:
    response = send(group[1], {"text": WORDS})
    assert (response.status_code, response["Location"]) == (302, "/proposals/1/#comment-1")
    page = text_of(group[0], "/proposals/1/comments/?answer=1")
    assert 'value="1"' in page
    assert "Your answer" in page
    assert send(group[0], {"text": "Why a month?", "answers": "1"})["Location"] == "/proposals/1/#comment-2"
    assert Comment.objects.get(number=2).answers_id == Comment.objects.get(number=1).pk
    assert "Take my comment back" in text_of(group[1], "/proposals/1/")
    assert "Take my comment back" not in text_of(group[2], "/proposals/1/")
    assert as_(group[2]).post("/proposals/1/comments/1/retraction/").status_code == 403
    for _click in range(2):
        assert as_(group[1]).post("/proposals/1/comments/1/retraction/")["Location"] == "/proposals/1/#comment-1"
    page = text_of(group[0], "/proposals/1/")
    assert "Taken back" in page
    assert "wait</strong>" not in page
    assert "Why a month?" in page


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ({"text": " "}, 422, "Write your comment."),
        ({"text": " ", "answers": "1"}, 422, "Your answer: Write your comment."),
        ({"text": "x" * 4001}, 422, "Shorten the comment to 4,000 characters."),
        ({"text": WORDS, "answers": "77"}, 404, "There is no such comment."),
        ({"text": WORDS, "answers": "²"}, 404, "There is no such comment."),
        ({"text": "More", "answers": "2"}, 422, "Answer the comment itself"),
        ({"text": "More", "answers": "3"}, 409, "This comment was taken back."),
        ({"text": "Again"}, 409, "You wrote exactly this here just now."),
    ],
)
def test_what_was_typed_stays_after_a_refusal(
    group: list[Member], held: Round, body: dict[str, str], status: int, sentence: str
) -> None:
    now(held, group[0], "First")
    now(held, group[0], "Second", answers=1)
    gone = now(held, group[0], "Third")
    comments.take_back(comment=gone, by=user(group[0]))
    now(held, group[1], "Again")
    response = send(group[1], body)
    text = html.unescape(response.content.decode())
    assert response.status_code == status
    assert sentence in text
    if status != 404:
        assert f"\n{body['text']}</textarea>" in text
    assert ('name="answers" value' in text) is ("answers" in body and status == 422 and body["answers"] == "1")


def test_the_twenty_first_waits_with_its_words(group: list[Member], held: Round) -> None:
    for number in range(20):
        now(held, group[1], f"{number}")
    response = send(group[1], {"text": "One too many"})
    text = response.content.decode()
    assert response.status_code == 429
    assert "Wait a little" in text
    assert "One too many</textarea>" in text


def test_after_the_end_the_words_are_there_to_copy(group: list[Member], held: Round) -> None:
    now(held, group[0])
    Application.objects.update(withdrawn_at=database_clock())
    response = send(group[1], {"text": "Too late"})
    text = response.content.decode()
    assert response.status_code == 409
    assert "It was not sent: This proposal takes no more comments." in text
    assert "decided" not in text
    assert '<pre class="well">Too late</pre>' in text
    assert "takes no more comments" in text_of(group[1], "/proposals/1/")


def test_who_writes_nothing_here(group: list[Member], held: Round, resolution: Proposal) -> None:
    assert send(None, {"text": WORDS}).status_code == 302
    otto = applicant("Otto", "otto")
    assert send(otto, {"text": WORDS}).status_code == 403
    assert send(otto, {"text": WORDS}, resolution.number).status_code == 403
    assert send(group[0], {"text": WORDS}, 77).status_code == 404
    assert not Comment.objects.exists()
    assert Client(enforce_csrf_checks=True).post("/proposals/1/comments/", {"text": WORDS}).status_code == 403


def test_the_newest_thread_stands_first_and_each_has_its_place(group: list[Member], held: Round) -> None:
    start = database_clock() - 20 * HOUR
    for number in range(1, 43):
        say(held, group[number % 2], f"Word {number:02}", start + number * HOUR / 4)
    now(held, group[2], "Answer", answers=2)
    first = text_of(group[0], "/proposals/1/")
    assert first.index("Word 42") < first.index("Word 41")
    assert "Word 22" not in first
    assert "Older comments" in first
    places = {number: as_(group[0]).get(f"/proposals/1/comments/{number}/")["Location"] for number in (42, 22, 2, 43)}
    assert places == {
        42: "/proposals/1/#comment-42",
        22: "/proposals/1/comments/?page=2#comment-22",
        2: "/proposals/1/comments/?page=3#comment-2",
        43: "/proposals/1/comments/?page=3#comment-43",
    }
    assert "Word 01" in text_of(group[0], "/proposals/1/comments/?page=99")


@pytest.mark.parametrize("count", [1, 20])
def test_the_queries_of_the_comments_stay_the_same(
    group: list[Member], held: Round, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        now(held, group[0], f"{number}")
        now(held, group[1], f"{number}", answers=2 * number + 1)
    client = as_(group[2])
    client.get("/proposals/1/comments/")
    with django_assert_num_queries(29):
        client.get("/proposals/1/comments/")


def mails() -> list[tuple[str, str, str]]:
    rows = Outbox.objects.filter(key__contains="/comment/").order_by("pk").values_list("payload", flat=True)
    return [(row["to"], row["subject"], row["text"]) for row in rows]


def test_a_mail_to_who_is_answered_and_who_proposed_without_the_words(group: list[Member], held: Round) -> None:
    now(held, group[1])
    ((to, subject, text),) = mails()
    assert (to, subject) == ("ana@group.example", "Comment: Admit Noor Haddad as a member")
    assert "Ben Okoro commented on the proposal that you put forward." in text
    assert "wait" not in text
    assert comment_mails.PAGE % (1, 1) in text
    assert reverse("proposals:comment", args=[1, 1]) == comment_mails.PAGE % (1, 1)
    now(held, noor(), "Because.", answers=1)
    assert [to for to, *_ in mails()[1:]] == ["ben@group.example", "ana@group.example"]
    assert "Noor Haddad answered your comment." in mails()[1][2]


def test_nobody_gets_two_or_their_own_or_what_they_may_not_read(
    group: list[Member], held: Round, resolution: Proposal
) -> None:
    now(held, group[0], "My own proposal.")
    assert mails() == []
    now(held, group[1], "Answered and proposed.", answers=1)
    assert [to for to, *_ in mails()] == ["ana@group.example"]
    memberships.declare_exit(
        member=group[0], exited_on=database_clock().date() - 2 * DAY, by="import", at=database_clock()
    )
    now(held, group[1], "She has left.", answers=1)
    assert len(mails()) == 1
    now(resolution, group[1], "This is public.")
    assert [to for to, *_ in mails()[1:]] == ["ana@group.example"]


def test_an_applicant_who_is_answered_hears_of_it(group: list[Member], held: Round) -> None:
    now(held, noor(), "A question.")
    now(held, group[0], "An answer.", answers=1)
    assert [to for to, *_ in mails()] == ["ana@group.example", "noor@world.example"]


def test_the_administration_has_no_comments() -> None:
    from django.contrib import admin

    names = {model._meta.model_name for model in admin.site._registry}
    assert names.isdisjoint({"comment", "commentwords", "retraction"})


def test_who_is_erased_has_no_name_and_no_words(group: list[Member], held: Round) -> None:
    comment = now(held, group[1])
    comment.words.__class__.objects.update(salt="", text="")
    Member.objects.filter(pk=group[1].pk).update(name="")
    text = text_of(group[0], "/proposals/1/comments/")
    assert "An erased person" in text
    assert "The words were erased." in text
    assert comments.write(proposal=held.proposal, text="More", by=user(group[0]), clock=at(database_clock()))
