"""Calendar files (RFC 5545): one event of ours, and the file that carries any number of them."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event, vDuration, vText

from journal.texts import plain

MEDIA_TYPE = "text/calendar; charset=utf-8"
CONFIRMED, TENTATIVE, CANCELLED = "CONFIRMED", "TENTATIVE", "CANCELLED"
PRODUCT = "-//expertgroup//consulting//EN"
# How often a program may look again; also what we ask of those who read a feed.
REFRESH = timedelta(minutes=30)


def uid(reference: str, base_url: str) -> str:
    """The name of a booking's event, the same in every file for ever: programs find what moved by it."""
    return f"{reference}@{urlsplit(base_url).hostname or 'localhost'}"


def event(
    *,
    uid: str,
    start: datetime,
    end: datetime,
    summary: str,
    stamp: datetime,
    description: str = "",
    location: str = "",
    url: str = "",
    sequence: int = 0,
    status: str = CONFIRMED,
) -> Event:
    """One event; times are aware and written in UTC. `stamp` is when it last changed, `sequence` how often it moved.

    A cancelled event is sent with CANCELLED and a higher sequence: one that only disappears stays in calendars.
    """
    row = Event()
    row.add("uid", plain(uid))
    row.add("dtstamp", stamp.astimezone(UTC))
    row.add("last-modified", stamp.astimezone(UTC))
    row.add("dtstart", start.astimezone(UTC))
    row.add("dtend", end.astimezone(UTC))
    row.add("summary", plain(summary))
    for name, words in (("description", description), ("location", location)):
        if text := plain(words):
            row.add(name, text)
    if url:
        row.add("url", url)
    row.add("sequence", sequence)
    row.add("status", status)
    row.add("transp", "TRANSPARENT" if status == CANCELLED else "OPAQUE")
    return row


def document(events: Iterable[Event], *, name: str = "") -> bytes:
    """A whole file to publish: lines of at most 75 octets, each ended by CR LF. `name` is a feed's own."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    if name:
        calendar.add("name", vText(plain(name)))
        calendar.add("x-wr-calname", vText(plain(name)))
        calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", vDuration(REFRESH))
    for row in events:
        calendar.add_component(row)
    return bytes(calendar.to_ical())
