"""When somebody else's calendar says busy. Run as a program it is the reader, in a process with little time and memory.

What is read was written by strangers: a repetition may be told to go on for ever in one line. So nothing else runs in
the process that reads, and it may be ended at any moment.
"""

import contextlib
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

SPANS_MOST = 5000
CPU_SECONDS = 10
MEMORY_BYTES = 512 * 1024 * 1024
UNREADABLE, MANY = "unreadable", "many"
Span = tuple[int, int]


class Unread(Exception):
    """A calendar that gives no busy times; its argument is the problem, `unreadable` or `many`."""


def spans(content: bytes, *, zone: ZoneInfo, first: datetime, last: datetime, own: str) -> list[Span]:
    """Seconds since 1970 from and to which the calendar says busy within [first, last), ascending, none touching.

    Whole days and times without a zone are on the clock of `zone`. Free, cancelled and empty events do not count, nor
    those of our own feeds, which `own` ends the names of. Raises Unread.
    """
    # Imported where it runs: it takes longer than everything else that this module's readers do.
    import recurring_ical_events
    from icalendar import Calendar

    try:
        calendars = Calendar.from_ical(content, multiple=True)
        found = [
            event
            for calendar in calendars
            for event in recurring_ical_events.of(calendar, skip_bad_series=True).between(first, last)
            if _is_busy(event, own)
        ]
        moments = [_span(event, zone) for event in found]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise Unread(UNREADABLE) from error
    if not calendars or any(calendar.name != "VCALENDAR" for calendar in calendars):
        raise Unread(UNREADABLE)
    low, high = int(first.timestamp()), int(last.timestamp())
    merged = list(_merged((max(start, low), min(end, high)) for start, end in moments))
    if len(merged) > SPANS_MOST:
        raise Unread(MANY)
    return merged


def _is_busy(event: Any, own: str) -> bool:
    return not (
        str(event.get("TRANSP", "")).upper() == "TRANSPARENT"
        or str(event.get("STATUS", "")).upper() == "CANCELLED"
        or str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() == "FREE"
        or str(event.get("UID", "")).endswith(own)
    )


def _span(event: Any, zone: ZoneInfo) -> Span:
    return _second(event["DTSTART"].dt, zone), _second(event["DTEND"].dt, zone)


def _second(moment: date, zone: ZoneInfo) -> int:
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    return int((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp())


def _merged(rows: Iterable[Span]) -> Iterator[Span]:
    """In order, what overlaps or touches as one."""
    start = end = 0
    for low, high in sorted(row for row in rows if row[0] < row[1]):
        if end and low <= end:
            end = max(end, high)
            continue
        if end:
            yield start, end
        start, end = low, high
    if end:
        yield start, end


def main() -> None:
    """A line of JSON and the calendar's bytes come in; the spans, or the problem, go out as JSON."""
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    with contextlib.suppress(ValueError, OSError):
        # Not every system lets a process bound its memory; time is bounded everywhere.
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    asked = json.loads(sys.stdin.buffer.readline())
    try:
        found: list[Span] | str = spans(
            sys.stdin.buffer.read(),
            zone=ZoneInfo(asked["zone"]),
            first=datetime.fromtimestamp(asked["first"], UTC),
            last=datetime.fromtimestamp(asked["last"], UTC),
            own=asked["own"],
        )
    except Unread as problem:
        found = str(problem)
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
