"""Calendar files: stable names, UTC, lines of 75 octets whatever the script, nothing smuggled in by words."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from consulting.rules import calendars
from journal import texts

START = datetime(2026, 11, 24, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
STAMP = datetime(2026, 11, 20, 7, 10, tzinfo=UTC)


def one(summary: str = "Advice", description: str = "", sequence: int = 0, status: str = "CONFIRMED") -> Event:
    return calendars.event(
        uid=calendars.uid("B-ABCDEFGH", "https://group.example:8443/"),
        start=START,
        end=START + timedelta(hours=1),
        summary=summary,
        description=description,
        url="https://group.example/bookings/",
        sequence=sequence,
        status=status,
        stamp=STAMP,
    )


def test_an_event_says_when_in_utc_under_a_name_that_stays() -> None:
    text = calendars.document([one()]).decode()
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert text.endswith("END:VCALENDAR\r\n")
    for line in ("VERSION:2.0", "METHOD:PUBLISH", "UID:B-ABCDEFGH@group.example", "DTSTART:20261124T010000Z",
                 "DTEND:20261124T020000Z", "DTSTAMP:20261120T071000Z", "SEQUENCE:0", "STATUS:CONFIRMED"):  # fmt: skip
        assert f"\r\n{line}\r\n" in text, line
    assert "X-WR-CALNAME" not in text


def test_a_cancelled_event_stays_and_frees_the_time() -> None:
    text = calendars.document([one(sequence=2, status=calendars.CANCELLED)], name="Sessions").decode()
    for line in ("SEQUENCE:2", "STATUS:CANCELLED", "TRANSP:TRANSPARENT", "X-WR-CALNAME:Sessions", "NAME:Sessions",
                 "REFRESH-INTERVAL;VALUE=DURATION:PT30M", "X-PUBLISHED-TTL:PT30M"):  # fmt: skip
        assert f"\r\n{line}\r\n" in text, line


@given(st.text(st.characters(exclude_categories=()), max_size=300), st.text(max_size=300))
def test_whatever_people_write_folds_and_comes_back_as_one_text(summary: str, description: str) -> None:
    content = calendars.document([one(summary, description)], name=summary)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    [read] = Calendar.from_ical(content).walk("VEVENT")
    assert len(read) == (11 if texts.plain(description) else 10)
    assert str(read["summary"]) == texts.plain(summary)


def test_words_cannot_end_an_event() -> None:
    hostile = "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nATTACH:http://evil.example/"
    calendar = Calendar.from_ical(calendars.document([one(hostile, hostile)], name=hostile))
    assert len(calendar.walk("VEVENT")) == 1
    assert "ATTACH" not in calendar.walk("VEVENT")[0]
