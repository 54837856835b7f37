"""Free times of 50 experts for four weeks, against one statement that returns their free multiranges; and among a
million bookings of others.

The floor does the same for the same rows and no more: weekly and extra hours less what is away, into UTC, less what is
booked and what other calendars say, bounded by the notice; no weekly cap, no changes of the clock, no times to begin.
The million stands in a second database with the same experts, so that rounds alternate between the two.
"""

import os
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests import databases
from tests.bench.report import Report

EXPERTS, DAYS, ROUNDS = 50, 28, 15
OTHERS, EACH = 2_000, 500
LIMIT, MILLION_LIMIT = 2.0, 1.2
ZONES = ("Europe/Prague", "Asia/Shanghai", "America/New_York", "Asia/Kolkata", "Australia/Sydney")
AT = datetime(2026, 11, 20, 7, 10, tzinfo=UTC)
FLOOR = """
SELECT profile.id, (
  SELECT range_agg(tstzrange(
    (day + make_interval(mins => hours.starts_minute)) AT TIME ZONE profile.time_zone,
    (day + make_interval(mins => hours.ends_minute)) AT TIME ZONE profile.time_zone))
  FROM generate_series(%(first)s::timestamp, %(last)s::timestamp, interval '1 day') AS day
  JOIN consulting_window hours ON hours.profile_id = profile.id AND hours.weekday = extract(isodow FROM day)
) - coalesce((
  SELECT range_agg(tstzrange(
    (falls_on + make_interval(mins => starts_minute)) AT TIME ZONE profile.time_zone,
    (falls_on + make_interval(mins => ends_minute)) AT TIME ZONE profile.time_zone))
  FROM consulting_dayexception WHERE profile_id = profile.id AND kind = 'away'
), '{}') - coalesce((
  SELECT range_agg(tstzrange(lower(during) - make_interval(mins => profile.buffer_minutes),
                             upper(during) + make_interval(mins => profile.buffer_minutes)))
  FROM consulting_booking WHERE member_id = profile.member_id AND released_at IS NULL
    AND lower(during) BETWEEN %(first)s AND %(last)s
), '{}') - coalesce((
  SELECT range_agg(during) FROM consulting_busyspan span JOIN consulting_busyfeed feed ON feed.id = span.feed_id
  WHERE feed.profile_id = profile.id
), '{}') - tstzmultirange(tstzrange(NULL, %(at)s + make_interval(hours => profile.notice_hours)))
FROM consulting_profile profile WHERE profile.id = ANY(%(profiles)s)
"""
# Two years around today, an hour every 35 hours each, half of them released. The exclusion constraint is put back
# afterwards: it would check every row of the fill, one by one.
MILLION = """
ALTER TABLE consulting_booking DROP CONSTRAINT booking_time_once;
INSERT INTO members_member (handle, name, email, builder_url, wallet)
  SELECT 'other-' || n, 'O', '', '', '' FROM generate_series(1, {others}) n;
INSERT INTO consulting_booking (reference, member_id, name, organisation, email, topic, may_publish, time_zone,
    language, during, minutes, rate_micro, price_micro, terms, code_digest, code_tries, sequence, created_at,
    hold_until, released_at)
  SELECT 'B-' || translate(lpad(to_hex((member.id << 12) + n), 8, '0'), '0189', 'ghij'), member.id, 'N', '',
    'n' || member.id || '-' || n || '@x.example', '', false, 'UTC', 'en',
    tstzrange(day, day + interval '1 hour'), 60, 1, 1, '{{}}', '', 0, 0, '2026-11-20', '2027-11-20',
    CASE WHEN n % 2 = 0 THEN timestamptz '2026-11-20' END
  FROM members_member member CROSS JOIN generate_series(1, {each}) n,
    LATERAL (SELECT timestamptz '2025-12-01 09:00Z' + n * interval '35 hours') AS spread (day)
  WHERE member.handle LIKE 'other-%';
ALTER TABLE consulting_booking ADD CONSTRAINT booking_time_once EXCLUDE USING gist
  (int8range(member_id, member_id, '[]') WITH &&, during WITH &&) WHERE (released_at IS NULL)
"""


def run(report: Report) -> None:
    """Ratio of medians; both find free time for every expert."""
    from django.db import connection

    from charter.selectors import timeline
    from consulting.models import Profile
    from consulting.selectors.slots import free_slots

    _fill()
    profiles = list(Profile.objects.all())
    charter = timeline()
    params: dict[str, Any] = {
        "profiles": [profile.pk for profile in profiles],
        "at": AT,
        "first": AT.date(),
        "last": AT.date() + timedelta(days=DAYS),
    }

    def times() -> dict[int, Any]:
        return free_slots(profiles, first_at=AT, until=AT + timedelta(days=DAYS), minutes=60, at=AT, timeline=charter)

    def floor() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(FLOOR, params)
            return list(cursor.fetchall())

    found = times()
    assert len(found) == len(floor()) == EXPERTS
    assert all(calendar.starts for calendar in found.values())
    report.line(f"{sum(len(calendar.starts) for calendar in found.values())} times to begin")

    def ours() -> None:
        times()

    def theirs() -> None:
        floor()

    medians = report.medians({"times to begin": ours, "one statement": theirs}, rounds=ROUNDS, warm=3)
    report.ratio("free times of 50 experts / one statement", *medians.values(), limit=LIMIT)

    def within(url: str) -> Callable[[], float]:
        """The same in a database: the first answer of a connection is not counted."""

        def timed() -> float:
            with databases.using(url):
                times()
                begun = time.perf_counter()
                times()
                return time.perf_counter() - begun

        return timed

    here = os.environ["DATABASE_URL"]
    connection.close()
    with databases.clone(here) as crowded:
        _million()
        assert times() == found
        subjects = {"among a million bookings": within(crowded), "without them": within(here)}
        medians = report.medians(subjects, rounds=ROUNDS, warm=3)
        report.ratio("times among a million bookings / without them", *medians.values(), limit=MILLION_LIMIT)


def _million() -> None:
    """Bookings of members who are not asked about, past and to come."""
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in MILLION.format(others=OTHERS, each=EACH).split(";"):
            cursor.execute(statement)
        cursor.execute("SELECT count(*) FROM consulting_booking WHERE name = 'N'")
        assert cursor.fetchone() == (OTHERS * EACH,)
        cursor.execute("ANALYZE")


def _fill() -> None:
    """Experts who work on weekday mornings and afternoons and are away on two days; half of them sold some hours.

    Every second one has three bookings to come, every third one a calendar with sixty busy times.
    """
    from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

    from consulting.models import BusyFeed, BusySpan, DayException, Engagement, Profile, Session, Window
    from members.models import Member, Membership
    from tests.consulting import agenda
    from tests.proposals import cast
    from treasury.models import Client

    cast.found(["a-founder"], users=False)
    people = Member.objects.bulk_create(Member(handle=f"expert-{number:02d}", name="E") for number in range(EXPERTS))
    Membership.objects.bulk_create(
        Membership(member=person, joined_on=date(2026, 1, 1), decided_by="bench") for person in people
    )
    profiles = Profile.objects.bulk_create(
        Profile(member=person, time_zone=ZONES[number % len(ZONES)]) for number, person in enumerate(people)
    )
    Window.objects.bulk_create(
        Window(profile=profile, weekday=weekday, starts_minute=starts, ends_minute=starts + 180)
        for profile in profiles
        for weekday in range(1, 6)
        for starts in (9 * 60, 14 * 60)
    )
    DayException.objects.bulk_create(
        DayException(profile=profile, falls_on=date(2026, 11, 24) + timedelta(days=7 * number), kind="away")
        for profile in profiles
        for number in range(2)
    )
    client = Client.objects.create(key="bench", name="Bench")
    engagement = Engagement.objects.create(
        reference="B-1", client=client, title="Bench", pricing="hourly", opened_on=date(2026, 1, 1)
    )
    Session.objects.bulk_create(
        Session(
            reference=f"S-{number}",
            engagement=engagement,
            member=person,
            held_on=date(2026, 11, 25),
            hours_centi=400,
            rate_micro=150_000_000,
        )
        for number, person in enumerate(people[::2])
    )
    for number, person in enumerate(people[1::2]):
        for day in range(3):
            starts_at = datetime(2026, 12, 1 + day, 8, tzinfo=UTC)
            agenda.row(person, number * 3 + day, starts_at=starts_at, hold_until=datetime(2027, 1, 1, tzinfo=UTC))
    feeds = BusyFeed.objects.bulk_create(
        BusyFeed(profile=profile, url="https://x.example/", added_at=AT) for profile in profiles[::3]
    )
    BusySpan.objects.bulk_create(
        BusySpan(feed=feed, during=DateTimeTZRange(starts_at, starts_at + timedelta(minutes=45)))
        for feed in feeds
        for starts_at in (AT + timedelta(hours=11 * number) for number in range(60))
    )
