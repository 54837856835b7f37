"""Free times of 50 experts for four weeks, against one statement that returns their free multiranges.

The floor does the same for the same rows and no more: weekly and extra hours less what is away, into UTC, bounded by
the notice; no weekly cap, no changes of the clock, no times to begin.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.bench.report import Report

EXPERTS, DAYS, ROUNDS = 50, 28, 15
LIMIT = 2.0
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
), '{}') - tstzmultirange(tstzrange(NULL, %(at)s + make_interval(hours => profile.notice_hours)))
FROM consulting_profile profile WHERE profile.id = ANY(%(profiles)s)
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


def _fill() -> None:
    """Experts who work on weekday mornings and afternoons and are away on two days; half of them sold some hours."""
    from consulting.models import DayException, Engagement, Profile, Session, Window
    from members.models import Member, Membership
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
