"""No payload in a comment becomes a script, a handler, a style or a foreign picture: page, API, mail (26)."""

import html
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.safestring import SafeString

from journal import texts
from journal.models import Outbox
from members.models import Member
from proposals.models import Comment, Proposal
from proposals.selectors.comments import THREADS_A_PAGE
from proposals.services import proposing
from tests.payloads import PAYLOADS, harm, part
from tests.proposals.cast import NOW, found
from tests.proposals.test_comments import say
from tests.proposals.test_pages import as_

pytestmark = pytest.mark.django_db
LINK = re.compile(r"<a ([^>]*)>")


@pytest.fixture
def group() -> list[Member]:
    members = found(users=True)
    Member.objects.filter(pk=members[1].pk).update(name=PAYLOADS[0])
    return members


@pytest.fixture
def proposal(group: list[Member]) -> Proposal:
    """A public one with every payload as a comment, in turn by the three members, and as an answer to the first."""
    made = proposing.propose(kind="resolution", params={"title": PAYLOADS[0][:120]}, text="So.", by=group[0], at=NOW)
    for number, payload in enumerate(PAYLOADS):
        moment = NOW + timedelta(minutes=2 * number + 1)
        say(made, group[number % 3], payload, moment, answers=1 if number % 2 else None)
    return made


def on_every_page() -> None:
    firsts = Comment.objects.filter(answers=None).count()
    assert Comment.objects.count() == len(PAYLOADS)
    visitor, links = Client(), 0
    pages = [f"/proposals/1/comments/?page={page}" for page in range(1, firsts // THREADS_A_PAGE + 2)]
    for path in ["/proposals/1/", *pages]:
        shown = part(visitor.get(path).content.decode(), 'id="comments"', "</section>")
        assert harm(shown) == [], path
        prose = "".join(re.findall(r'<div class="prose">(.*?)</div>', shown, re.DOTALL))
        for attributes in LINK.findall(prose):
            assert 'rel="nofollow noopener ugc"' in attributes
            links += 1
    assert links > 0
    head = visitor.get("/proposals/1/comments/").content.decode()
    assert harm(part(head, '<div class="page-head">', 'id="comments"')) == []


def where_it_is_answered_and_where_it_comes_back(member: Member) -> None:
    browser = as_(member)
    for row in Comment.objects.filter(answers=None).order_by("number")[::4]:
        page = browser.get(f"/proposals/1/comments/?answer={row.number}").content.decode()
        assert harm(part(page, '<div class="note">', "</div>")) == []
    for payload in PAYLOADS[::8]:
        answer = browser.post("/proposals/1/comments/", {"text": payload + "x" * 4000})
        page = answer.content.decode()
        assert answer.status_code == 422
        typed = page.partition('id="id_comment_text"')[2].partition(">")[2].partition("</textarea>")[0]
        assert "<" not in typed
        assert html.unescape(typed).rstrip("x")


def in_the_api() -> None:
    browser, found_rows = as_(None), 0
    for page in (1, 2):
        rows = browser.get(f"/api/v1/proposals/1/comments/?size=200&page={page}").json()["results"]
        assert [row["number"] for row in rows if harm(row["html"] or "")] == []
        found_rows += len(rows)
    assert found_rows == len(PAYLOADS)


def in_no_mail() -> None:
    rows = list(Outbox.objects.filter(key__contains="/comment/").values_list("payload", flat=True))
    assert len(rows) > len(PAYLOADS) / 2
    # The title and a name are words of their authors, in plain text; those of comments are in no mail.
    known = {PAYLOADS[0], PAYLOADS[0][:120]}
    for payload in set(PAYLOADS) - known:
        if len(payload) > len(PAYLOADS[0]):
            assert not [row for row in rows if payload in row["text"]]
    assert not [row for row in rows if "\n" in row["subject"] or "\r" in row["subject"]]


def test_no_payload_acts_anywhere(group: list[Member], proposal: Proposal, monkeypatch: pytest.MonkeyPatch) -> None:
    on_every_page()
    where_it_is_answered_and_where_it_comes_back(group[0])
    in_the_api()
    in_no_mail()
    # The same eyes on words as they were written.
    monkeypatch.setattr(texts, "drawn", lambda body, **_more: SafeString(body))
    for look in (on_every_page, in_the_api):
        with pytest.raises(AssertionError):
            look()
