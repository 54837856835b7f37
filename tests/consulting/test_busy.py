"""What a calendar of elsewhere says, and that reading one ends, whatever it says."""

import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consulting.rules import busy
from consulting.rules.busy import Unread
from consulting.services import fetching
from consulting.services.fetching import Unfetched
from tests.consulting.strangers import calendar

FIRST = datetime(2026, 11, 20, tzinfo=UTC)
LAST = FIRST + timedelta(days=122)
PRAGUE = ZoneInfo("Europe/Prague")
OWN = "@group.example"


def said(*events: str) -> list[str]:
    """The first busy times in UTC, `24 0900-1000`."""
    found = busy.spans(calendar(*events), zone=PRAGUE, first=FIRST, last=LAST, own=OWN)
    pairs = [(datetime.fromtimestamp(low, UTC), datetime.fromtimestamp(high, UTC)) for low, high in found]
    return [f"{low:%d %H%M}-{high:%d %H%M}" for low, high in pairs[:4]]


ONE = "UID:1\nDTSTART:20261124T090000Z\nDTEND:20261124T100000Z"


@pytest.mark.parametrize(
    ("events", "times"),
    [
        ((ONE,), ["24 0900-24 1000"]),
        ((ONE.replace("DTEND:20261124T100000Z", "DURATION:PT90M"),), ["24 0900-24 1030"]),
        # A time without a zone, and a whole day, are on the expert's clock.
        (("UID:1\nDTSTART:20261124T090000\nDTEND:20261124T100000",), ["24 0800-24 0900"]),
        (("UID:1\nDTSTART;VALUE=DATE:20261124",), ["23 2300-24 2300"]),
        (("UID:1\nDTSTART;VALUE=DATE:20261124\nDTEND;VALUE=DATE:20261126",), ["23 2300-25 2300"]),
        # Nine o'clock in New York moves with its clock.
        (
            ("UID:1\nDTSTART;TZID=America/New_York:20201101T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;BYDAY=MO",),
            ["23 1400-23 1500", "30 1400-30 1500", "07 1400-07 1500", "14 1400-14 1500"],
        ),
        (
            ("UID:1\nDTSTART:20261124T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4\nEXDATE:20261125T090000Z",),
            ["24 0900-24 1000", "26 0900-26 1000", "27 0900-27 1000"],
        ),
        # One of a series that was called off, one that was moved.
        (
            (
                f"{ONE}\nRRULE:FREQ=DAILY;COUNT=3",
                "UID:1\nRECURRENCE-ID:20261125T090000Z\nSTATUS:CANCELLED\nDTSTART:20261125T090000Z\nDURATION:PT1H",
                "UID:1\nRECURRENCE-ID:20261126T090000Z\nDTSTART:20261126T120000Z\nDURATION:PT1H",
            ),
            ["24 0900-24 1000", "26 1200-26 1300"],
        ),
        # What overlaps or touches is one time; what began before counts from where we look.
        ((ONE, "UID:2\nDTSTART:20261124T093000Z\nDTEND:20261124T094500Z"), ["24 0900-24 1000"]),
        ((ONE, "UID:2\nDTSTART:20261124T100000Z\nDURATION:PT1H"), ["24 0900-24 1100"]),
        (("UID:1\nDTSTART:20261101T090000Z\nDTEND:20261121T100000Z",), ["20 0000-21 1000"]),
        # Free, called off, empty, and our own feed coming back.
        ((f"{ONE}\nTRANSP:TRANSPARENT",), []),
        ((f"{ONE}\nSTATUS:CANCELLED",), []),
        ((f"{ONE}\nX-MICROSOFT-CDO-BUSYSTATUS:FREE",), []),
        (("UID:1\nDTSTART:20261124T090000Z\nDTEND:20261124T090000Z",), []),
        ((ONE.replace("UID:1", f"UID:B-abcdefgh{OWN}"),), []),
        ((f"{ONE}\nSTATUS:TENTATIVE",), ["24 0900-24 1000"]),
    ],
)
def test_what_is_busy(events: tuple[str, ...], times: list[str]) -> None:
    assert said(*events) == times


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", b"\xff\xfe\x00", b"BEGIN:VCALENDAR\r\n", b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", b"\x00" * 99],
)
def test_what_is_no_calendar_is_told_from_an_empty_one(content: bytes) -> None:
    with pytest.raises(Unread, match="unreadable"):
        busy.spans(content, zone=PRAGUE, first=FIRST, last=LAST, own=OWN)
    assert said() == []


def test_more_than_five_thousand_times_are_too_many() -> None:
    with pytest.raises(Unread, match="many"):
        said("UID:1\nDTSTART:20261120T000000Z\nDURATION:PT1M\nRRULE:FREQ=MINUTELY;INTERVAL=30;COUNT=5500")


moments = st.integers(0, 40).map(lambda number: int(FIRST.timestamp()) + 1800 * number)


@given(st.lists(st.tuples(moments, moments), max_size=12))
def test_merged_times_are_the_same_times_apart_and_in_order(rows: list[busy.Span]) -> None:
    merged = list(busy._merged(rows))
    assert all(low < high for low, high in merged)
    assert all(first[1] < second[0] for first, second in pairwise(merged))

    def halves(spans: list[busy.Span]) -> set[int]:
        return {second for low, high in spans for second in range(low, high, 1800)}

    assert halves(merged) == halves([row for row in rows if row[0] < row[1]])


def child(content: bytes) -> list[busy.Span]:
    return fetching.read(content, zone="Europe/Prague", first=FIRST, last=LAST, own=OWN)


def test_the_reader_is_a_process_of_its_own() -> None:
    assert child(calendar(ONE)) == [(1795510800, 1795514400)]
    with pytest.raises(Unfetched, match="unreadable"):
        child(b"junk")
    with pytest.raises(Unfetched, match="many"):
        child(calendar("UID:1\nDTSTART:20261120T000000Z\nDURATION:PT1M\nRRULE:FREQ=MINUTELY;INTERVAL=30;COUNT=5500"))


def test_a_repetition_without_end_ends_the_reader_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "READ_SECONDS", 1)
    begun = time.monotonic()
    with pytest.raises(Unfetched, match="unreadable"):
        child(calendar("UID:1\nDTSTART:19700101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY"))
    assert time.monotonic() - begun < 15


@pytest.mark.torture
def test_the_reader_stops_by_itself_at_ten_seconds_of_computing() -> None:
    begun = time.monotonic()
    with pytest.raises(Unfetched, match="unreadable"):
        child(calendar("UID:1\nDTSTART:19700101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY"))
    assert time.monotonic() - begun < fetching.READ_SECONDS
