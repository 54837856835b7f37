"""Busy calendars: free times without them, what stays when one breaks, whose they are, and two workers at once."""

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.db.models import QuerySet
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from charter.selectors import timeline
from consulting.models import BusyFeed, BusySpan, Profile
from consulting.refusals import OwnOfferOnly, TooManyRows
from consulting.refusals.feeds import AddressClosed, AddressUnreadable, CalendarListed
from consulting.rules import addresses, busy
from consulting.selectors.slots import free_slots
from consulting.services import feeds, fetching
from journal.models import Entry, Job
from journal.services import jobs
from members.services import memberships
from tests.cast import AT, Cast, assemble
from tests.consulting.offers import offered
from tests.consulting.strangers import Server, calendar, listening, ok
from tests.races import PATIENCE, at_once

URL = "https://cal.example/private-f00/a.ics"
# Tuesday, on which the expert has 9 to 12 o'clock in Prague.
BUSY = calendar("UID:1\nDTSTART:20261124T083000Z\nDTEND:20261124T094500Z\nRRULE:FREQ=WEEKLY;COUNT=2")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """`https://cal.example/…` answered by this machine."""
    with listening() as found:
        real = fetching.fetch

        def nearby(url: str, etag: str = "") -> fetching.Fetched:
            return real(url.replace("https://cal.example", f"http://cal.example:{found.port}"), etag)

        async def resolve(_host: str, _port: int) -> list[str]:
            return ["127.0.0.1"]

        monkeypatch.setattr(fetching, "fetch", nearby)
        monkeypatch.setattr(fetching, "resolve", resolve)
        monkeypatch.setattr(addresses, "is_public", lambda _address: True)
        monkeypatch.setattr(addresses, "PORTS", (None, found.port))
        yield found


@pytest.fixture
def profile(cast: Cast) -> Profile:
    return offered(cast.chen, notice_hours=0)


def added(profile: Profile, url: str = URL) -> BusyFeed:
    return feeds.add(member=profile.member, address=url, by=profile.member, at=AT)


def read(at: datetime = AT) -> int:
    """The worker's turn."""
    number = 0
    while (feed := feeds.claim(clock=lambda: at)) is not None:
        feeds.read(feed=feed, clock=lambda: at)
        number += 1
    return number


def times(profile: Profile) -> list[str]:
    found = free_slots([profile], first_at=AT, until=AT + timedelta(days=7), minutes=60, at=AT, timeline=timeline())[
        profile.pk
    ]
    return [f"{datetime.fromtimestamp(start, UTC):%H%M}" for start in found.starts]


def test_busy_times_are_not_free(profile: Profile, server: Server) -> None:
    server.answers["/private-f00/a.ics"] = ok(BUSY, ETag='"1"')
    assert times(profile) == ["0800", "0830", "0900", "0930", "1000"]
    added(profile)
    assert read() == 1
    # A slot begins on the half hour after what is busy ends.
    assert times(profile) == ["1000"]
    feed = BusyFeed.objects.get()
    assert (feed.read_at, feed.problem, feed.etag, feed.spans.count()) == (AT, "", '"1"', 2)
    feeds.remove(member=profile.member, pk=feed.pk, by=profile.member, at=AT)
    assert times(profile) == ["0800", "0830", "0900", "0930", "1000"]


minutes = st.integers(0, 26 * 60)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.tuples(minutes, st.integers(1, 300)), max_size=4))
def test_whatever_is_busy_no_session_touches_it_and_all_others_stay(profile: Profile, rows: list[Any]) -> None:
    """Tuesday's nine to twelve in Prague, and what begins up to the day before."""
    first = datetime(2026, 11, 23, 22, tzinfo=UTC)
    shut = [(first + timedelta(minutes=low), first + timedelta(minutes=low + length)) for low, length in rows]
    spans = list(busy._merged((int(low.timestamp()), int(high.timestamp())) for low, high in shut))
    hour = timedelta(hours=1)
    offered_at = [datetime(2026, 11, 24, 8, tzinfo=UTC) + timedelta(minutes=30 * number) for number in range(5)]
    with transaction.atomic():
        feeds.store(feed=added(profile), spans=spans, etag="", at=AT)
        found = times(profile)
        transaction.set_rollback(True)
    left = [start for start in offered_at if all(start + hour <= low or high <= start for low, high in shut)]
    assert found == [f"{start:%H%M}" for start in left]


def test_a_calendar_that_breaks_keeps_what_was_known_and_says_so(profile: Profile, server: Server) -> None:
    server.answers["/private-f00/a.ics"] = ok(BUSY)
    added(profile)
    read()
    for minute, (answer, problem) in enumerate(
        [(ok(b"<html>sign in</html>"), "unreadable"), (lambda request: request.send_error(503), "answer")], 1
    ):
        server.answers["/private-f00/a.ics"] = answer
        assert read(AT + timedelta(minutes=15 * minute)) == 1
        feed = BusyFeed.objects.get()
        assert (feed.problem, feed.read_at, feed.spans.count()) == (problem, AT, 2)
        assert feed.get_problem_display()
    server.answers["/private-f00/a.ics"] = ok(calendar())
    read(AT + timedelta(hours=1))
    assert (BusyFeed.objects.get().problem, BusySpan.objects.count()) == ("", 0)


def test_one_look_a_quarter_of_an_hour_and_what_did_not_change_is_not_sent(profile: Profile, server: Server) -> None:
    server.answers["/private-f00/a.ics"] = ok(BUSY, ETag='"1"')
    added(profile)
    # 7:10: the period began at 7:00.
    assert [read(AT + timedelta(minutes=minutes)) for minutes in (0, 1, 4, 5, 6, 20)] == [1, 0, 0, 1, 0, 1]
    assert [headers.get("if-none-match") for headers in server.headers] == [None, '"1"', '"1"']
    # Days come nearer: after half a day it is read whole.
    read(AT + timedelta(hours=13))
    assert server.headers[-1].get("if-none-match") is None


def test_the_rows_that_stayed_the_same_are_not_written_again(profile: Profile) -> None:
    feed = added(profile)
    feeds.store(feed=feed, spans=[(0, 60), (120, 180)], etag="", at=AT)
    before = set(feed.spans.values_list("pk", flat=True))
    feeds.store(feed=feed, spans=[(120, 180), (300, 360)], etag="", at=AT)
    assert len(before & set(feed.spans.values_list("pk", flat=True))) == 1
    assert feed.spans.count() == 2


def test_a_calendar_that_was_removed_while_it_was_read_leaves_nothing(profile: Profile) -> None:
    feed = added(profile)
    feeds.remove(member=profile.member, pk=feed.pk, by=profile.member, at=AT)
    feeds.store(feed=feed, spans=[(0, 60)], etag="", at=AT)
    assert not BusySpan.objects.exists()


def test_the_worker_reads_what_is_due(profile: Profile, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    from consulting import tasks

    server.answers["/private-f00/a.ics"] = ok(BUSY)
    added(profile)
    tasks.calendars_due(AT)
    tasks.calendars_due(AT)
    assert Job.objects.filter(kind=feeds.JOB).count() == 2, "one for being added, one for the quarter of an hour"
    jobs.run_due(clock=lambda: AT)
    assert len(server.asked) == 1
    assert BusySpan.objects.count() == 2
    assert not Job.objects.filter(finished_at=None).exists()


def test_who_left_is_not_asked_about(profile: Profile, cast: Cast) -> None:
    added(profile)
    memberships.declare_exit(member=cast.chen, exited_on=AT.date(), by=cast.chen, at=AT)
    assert feeds.due(AT).count() == 1
    assert feeds.due(AT + timedelta(days=2)).count() == 0


def test_only_the_expert_lists_a_calendar_of_theirs_a_few_and_once(profile: Profile, cast: Cast) -> None:
    with pytest.raises(OwnOfferOnly):
        feeds.add(member=cast.chen, address=URL, by=cast.bo, at=AT)
    added(profile)
    with pytest.raises(CalendarListed):
        added(profile, "webcal://cal.example/private-f00/a.ics")
    for bad in ("", "cal.example", "ftp://cal.example/a"):
        with pytest.raises(AddressUnreadable):
            added(profile, bad)
    for closed in ("http://127.0.0.1/", "https://u:p@cal.example/", "https://cal.example:8080/"):
        with pytest.raises(AddressClosed):
            added(profile, closed)
    for number in range(4):
        added(profile, f"{URL}{number}")
    with pytest.raises(TooManyRows):
        added(profile, f"{URL}9")


def test_the_address_is_in_no_journal_and_no_log(
    profile: Profile, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.answers["/private-f00/a.ics"] = ok(b"x")
    added(profile)
    names: Any = django_settings.LOGGING["loggers"]
    for name in ("httpx", "httpcore"):
        caplog.set_level(getattr(logging, names[name]["level"]), logger=name)
    read()
    assert "private-f00" not in caplog.text
    assert not [row for row in Entry.objects.values_list("data", flat=True) if "f00" in str(row)]


DESKS = 6


def found_at_once(act: Callable[[], Any]) -> list[Any]:
    """What the act gives six who do it at once."""
    found: list[Any] = []
    assert at_once(*[lambda: found.append(act())] * DESKS) == ["done"] * DESKS
    return found


@pytest.mark.committed
def test_each_calendar_goes_to_one_worker(committed_db: str) -> None:
    added(offered(assemble().chen))
    found = found_at_once(lambda: feeds.claim(clock=lambda: AT))
    assert len([feed for feed in found if feed is not None]) == 1


def store_at_once() -> int:
    feed = added(offered(assemble().chen))
    found_at_once(lambda: feeds.store(feed=feed, spans=[(0, 60), (120, 180)], etag="", at=AT))
    return BusySpan.objects.count()


@pytest.mark.committed
def test_two_readings_leave_each_time_once(committed_db: str) -> None:
    assert store_at_once() == 2


@pytest.mark.committed
def test_without_the_lock_each_reading_leaves_its_own(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    known = Barrier(DESKS)
    monkeypatch.setattr(BusyFeed.objects, "select_for_update", BusyFeed.objects.all)
    create = BusySpan.objects.bulk_create

    def together(rows: Any) -> Any:
        known.wait(PATIENCE)
        return create(rows)

    monkeypatch.setattr(BusySpan.objects, "bulk_create", together)
    assert store_at_once() == 2 * DESKS


@pytest.mark.committed
def test_without_the_claim_all_workers_ask_the_same_server(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    added(offered(assemble().chen))
    seen = Barrier(DESKS)
    save = BusyFeed.save

    def together(feed: BusyFeed, **more: Any) -> None:
        seen.wait(PATIENCE)
        save(feed, **more)

    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_more: rows)
    monkeypatch.setattr(BusyFeed, "save", together)
    found = found_at_once(lambda: feeds.claim(clock=lambda: AT))
    assert len([feed for feed in found if feed is not None]) == DESKS


def test_the_expert_lists_a_calendar_on_the_page_and_sees_what_is_wrong(profile: Profile, client: Client) -> None:
    user = profile.member.user
    assert user is not None
    client.force_login(user)
    for typed in ("http://10.0.0.1/a.ics", "nothing"):
        answer = client.post("/settings/offering/calendars/", {"address": typed})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert f'value="{typed}"' in page
        assert 'id="calendar_address_error"' in page or 'href="#calendar_address"' in page
    assert client.post("/settings/offering/calendars/", {"address": URL}).status_code == 302
    page = client.get("/settings/offering/").content.decode()
    assert "cal.example" in page
    assert "private-f00" not in page
    assert "not read yet" in page
    BusyFeed.objects.update(problem="slow", read_at=AT)
    page = client.get("/settings/offering/").content.decode()
    assert "takes too long to answer" in page
    assert "still count" in page
    assert client.post(f"/settings/offering/calendar/{BusyFeed.objects.get().pk}/remove/").status_code == 302
    assert not BusyFeed.objects.exists()
