"""Published heads: what anybody can keep, on the page, in the feed, in the API."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from journal.hashing import digest
from journal.models import Entry, Seal
from journal.rules import GENESIS, seal_digest
from journal.selectors import head, heads, segment
from journal.services import entries

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 13, 9, 5, tzinfo=UTC)
PAGE_QUERIES = 4
ATOM = "{http://www.w3.org/2005/Atom}"


def sealed(*minutes: int) -> None:
    """A link for each of these minutes after the start, in order."""
    last = head()
    number, previous = last.number, last.digest
    for minute in minutes:
        at, number = START + timedelta(minutes=minute), number + 1
        entry = entries.append(actor="member:ana", verb="page.turned", subject="page/1", at=at)
        own = seal_digest(number=number, previous=previous, entry_id=entry.pk, entry_digest=entry.digest)
        Seal.objects.create(number=number, entry=entry, previous=previous, digest=own, sealed_at=at)
        previous = own


def test_the_newest_head_and_the_last_of_each_hour() -> None:
    sealed(0, 10, 54, 55, 60, 180, 200)
    # 9:05 9:15 9:59 | 10:00 10:05 | 12:05 12:25
    assert [one.number for one in heads()] == [7, 5, 3]
    assert heads()[0] == head()


def test_at_most_fifty_out_of_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    sealed(*range(0, 60 * 60, 60))
    assert [one.number for one in heads()] == list(range(60, 10, -1))
    monkeypatch.setattr("journal.selectors.HEADS_OUT_OF", 3)
    assert [one.number for one in heads()] == [60, 59, 58]


def test_links_lead_from_one_head_to_another() -> None:
    sealed(0, 1, 2, 3, 4)
    part = segment(after=2, until=4)
    link = part["previous"]
    assert link == Seal.objects.get(number=2).digest
    for number, (entry, bound) in enumerate(part["links"], start=part["first"]):
        link = seal_digest(number=number, previous=link, entry_id=entry, entry_digest=bound)
    assert part["head"] == {"number": 4, "digest": link}
    assert segment(after=0, until=5)["previous"] == GENESIS
    assert segment(after=5, until=5)["links"] == []


def test_an_entry_is_shown_whole_where_it_is_asked_for() -> None:
    sealed(0, 1)
    entry = Entry.objects.order_by("pk")[0]
    whole, other = segment(after=0, until=2, whole={entry.pk})["links"]
    assert whole.pop("entry") == entry.pk
    assert digest("entry", whole) == entry.digest
    assert isinstance(other, list)


@pytest.mark.parametrize("count", [0, 1, 3, 70])
def test_the_page_takes_the_same_queries(count: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    sealed(*range(0, 61 * count, 61))
    client = Client()
    client.get("/journal/")
    with django_assert_num_queries(PAGE_QUERIES):
        page = client.get("/journal/").content.decode()
    assert page.count("<tr>") == (0 if count < 2 else min(count, 50))
    assert (head().digest in page) is (count > 0)
    assert ("Nothing has happened here yet." in page) is (count == 0)


def test_the_feed_has_the_heads_and_is_asked_again_for_nothing() -> None:
    from xml.etree import ElementTree as Xml

    sealed(0, 60, 120)
    answer = Client().get("/journal/feed/")
    assert answer["Cache-Control"] == "public, max-age=60"
    found = [item.findtext(f"{ATOM}title") for item in Xml.fromstring(answer.content).iter(f"{ATOM}entry")]  # noqa: S314
    assert found == [f"{one.number}:{one.digest}" for one in heads()]
    assert Client().get("/journal/feed/", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    sealed(121)
    assert Client().get("/journal/feed/", headers={"If-None-Match": answer["ETag"]}).status_code == 200


def test_the_api_gives_heads_and_links(monkeypatch: pytest.MonkeyPatch) -> None:
    sealed(0, 60)
    found = Client().get("/api/v1/journal/").json()
    assert [(one["number"], one["digest"]) for one in found] == [(one.number, one.digest) for one in heads()]
    assert Client().get("/api/v1/journal/links/").json() == segment(after=0, until=2)
    assert Client().get("/api/v1/journal/links/?after=1&until=2").json() == segment(after=1, until=2)
    monkeypatch.setattr("journal.api.LINKS_MOST", 1)
    assert Client().get("/api/v1/journal/links/").json() == segment(after=0, until=1)


@pytest.mark.parametrize("asked", ["after=3", "after=x", "after=-1", "until=3", "after=²", f"until={'9' * 40}"])
def test_links_that_are_not_there_are_refused(asked: str) -> None:
    sealed(0, 60)
    answer = Client().get(f"/api/v1/journal/links/?{asked}")
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown-link")
