"""Timers and sessions that experts enter: rounding, the week, the agreed rate, and that no time is lost."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from consulting import refusals as known
from consulting.models import Engagement, Session, Timer
from consulting.refusals import delivery as refusals
from consulting.rules import rooms
from consulting.services import acceptances, sessions, timers
from journal.models import Entry, Outbox
from journal.refusals import Refusal
from members.services import memberships
from tests.cast import AT, DAY, Cast
from tests.consulting.desk import MICRO, fixed, hourly, session
from tests.consulting.rooms import LATER, ordered

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement(cast: Cast) -> Engagement:
    return ordered(cast)


def started(cast: Cast, engagement: Engagement, at: datetime = AT) -> Timer:
    return timers.start(engagement=engagement, member=cast.chen, by=cast.chen, at=at)


def stopped(cast: Cast, timer: Timer, at: datetime = LATER, **more: Any) -> Timer:
    return timers.stop(timer=timer, title="Rounding in withdraw()", by=cast.user("chen"), at=at, **more)


@pytest.mark.parametrize(
    ("seconds", "centi"),
    [(0, 0), (17, 0), (18, 1), (53, 1), (54, 2), (3600, 100), (5400, 150), (5417, 150), (5418, 151), (-5, 0)],
)
def test_hours_are_rounded_to_the_nearest_hundredth(seconds: int, centi: int) -> None:
    assert rooms.elapsed_centi(AT, AT + timedelta(seconds=seconds)) == centi


@given(hours=st.integers(0, 5000), taken=st.integers(0, 2000), cap=st.integers(0, 2000))
def test_what_fits_never_passes_the_cap_and_leaves_nothing_out(hours: int, taken: int, cap: int) -> None:
    fits = rooms.fitting_centi(hours_centi=hours, taken_centi=taken, cap_centi=cap)
    assert 0 <= fits <= hours
    assert fits == 0 or taken + fits <= cap
    # Not one hundredth more would have fitted.
    assert fits == hours or taken + fits + 1 > cap


def test_a_timer_becomes_a_session_at_the_agreed_rate(cast: Cast, engagement: Engagement) -> None:
    timer = stopped(cast, started(cast, engagement))
    assert timer.session is not None
    stored = Session.objects.get(pk=timer.session.pk)
    assert (stored.hours_centi, stored.rate_micro, stored.held_on, stored.title) == (
        150,
        150 * MICRO,
        DAY,
        "Rounding in withdraw()",
    )
    assert (stored.delivered_at, timer.kept_centi, timer.refused) == (LATER, 0, "")
    (mail,) = Outbox.objects.filter(kind="mail")
    assert (mail.payload["to"], mail.payload["subject"]) == (
        "otto@cast.example",
        "Please confirm: Rounding in withdraw()",
    )
    assert "1.5\xa0h" in mail.payload["text"]
    verbs = Entry.objects.filter(at__gte=AT, verb__regex="^(timer|session)").order_by("pk")
    assert list(verbs.values_list("verb", flat=True))[-3:] == ["timer.start", "session.record", "timer.stop"]


def test_the_surplus_over_the_week_is_kept(cast: Cast, engagement: Engagement) -> None:
    session(cast, hourly(cast, "E-9"), "S-9", cast.chen, held_on=DAY, hours_centi=900)
    timer = stopped(cast, started(cast, engagement))
    assert timer.session is not None
    assert (timer.session.hours_centi, timer.kept_centi, timer.refused) == (100, 50, "week-full")
    again = stopped(cast, started(cast, engagement, LATER), LATER + timedelta(hours=1))
    assert (again.session, again.kept_centi, again.refused) == (None, 100, "week-full")


def test_a_timer_left_running_is_a_session_of_at_most_the_week(cast: Cast, engagement: Engagement) -> None:
    timer = stopped(cast, started(cast, engagement), AT + timedelta(days=3))
    assert timer.session is not None
    assert (timer.session.hours_centi, timer.kept_centi, timer.refused) == (1000, 6200, "week-full")


def test_less_than_what_ran_may_be_said_and_no_more(cast: Cast, engagement: Engagement) -> None:
    timer = started(cast, engagement)
    with pytest.raises(refusals.MoreThanElapsed):
        stopped(cast, timer, hours_centi=151)
    assert Timer.objects.get().stopped_at is None
    done = stopped(cast, timer, hours_centi=100)
    assert done.session is not None
    assert (done.session.hours_centi, done.kept_centi) == (100, 0)


def test_whatever_refuses_the_hours_the_timer_keeps_them(cast: Cast, engagement: Engagement) -> None:
    timer = started(cast, engagement)
    acceptances.accept(engagement=engagement, accepted_on=DAY, by=cast.mira, at=AT)
    done = stopped(cast, timer)
    assert (done.session, done.kept_centi, done.refused) == (None, 150, "accepted-already")
    assert done.note == "Rounding in withdraw()"
    with pytest.raises(known.AcceptedAlready):
        started(cast, engagement, LATER)


def test_one_timer_runs(cast: Cast, engagement: Engagement) -> None:
    timer = started(cast, engagement)
    with pytest.raises(refusals.TimerRuns):
        started(cast, ordered(cast, "E-2"))
    stopped(cast, timer)
    with pytest.raises(refusals.TimerStopped):
        stopped(cast, timer)
    with pytest.raises(refusals.TimerStopped):
        timers.discard(timer=timer, by=cast.chen, at=LATER)
    assert Session.objects.filter(title__startswith="Rounding").count() == 1


def test_a_timer_that_ran_by_mistake_leaves_no_hours(cast: Cast, engagement: Engagement) -> None:
    timer = timers.discard(timer=started(cast, engagement), by=cast.chen, at=LATER)
    assert (timer.session, timer.kept_centi) == (None, 0)
    # Under 18 seconds are no hours either.
    short = stopped(cast, started(cast, engagement, LATER), LATER + timedelta(seconds=17))
    assert (short.session, short.kept_centi, short.refused) == (None, 0, "")


@pytest.mark.parametrize("who", ["otto", "mira", "lin", "bo"])
def test_experts_enter_their_own_time_only(cast: Cast, engagement: Engagement, who: str) -> None:
    user = cast.user(who)
    timer = started(cast, engagement)
    acts: list[Any] = [
        lambda: timers.start(engagement=engagement, member=cast.chen, by=user, at=AT),
        lambda: timers.stop(timer=timer, title="x", by=user, at=AT),
        lambda: timers.discard(timer=timer, by=user, at=AT),
        lambda: sessions.deliver(
            engagement=engagement, member=cast.chen, held_on=DAY, hours_centi=1, title="x", by=user, at=AT
        ),
        lambda: timers.start(engagement=engagement, member=cast.bo, by=cast.bo, at=AT),
    ]
    for act in acts:
        with pytest.raises(refusals.ExpertsOnly):
            act()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"title": " "}, refusals.TitleMissing),
        ({"held_on": DAY + timedelta(days=1)}, refusals.NotHeldYet),
        ({"hours_centi": 0}, known.HoursOutOfBounds),
        ({"hours_centi": 1001}, known.WeekFull),
        ({"held_on": date(2025, 12, 31)}, known.BeforeJoining),
        ({"reference": "S-E-1"}, known.ReferenceTaken),
    ],
)
def test_a_session_is_refused(
    cast: Cast, engagement: Engagement, changes: dict[str, Any], refusal: type[Refusal]
) -> None:
    values: dict[str, Any] = {"held_on": DAY, "hours_centi": 100, "title": "Access control"} | changes
    with pytest.raises(refusal):
        sessions.deliver(engagement=engagement, member=cast.chen, by=cast.chen, at=AT, **values)
    assert (Session.objects.count(), Outbox.objects.filter(kind="mail").count()) == (1, 0)


def test_a_form_sent_twice_is_one_session(cast: Cast, engagement: Engagement) -> None:
    values: dict[str, Any] = {"held_on": DAY, "hours_centi": 100, "title": "x", "reference": sessions.new_reference()}
    sessions.deliver(engagement=engagement, member=cast.chen, by=cast.chen, at=AT, **values)
    with pytest.raises(known.ReferenceTaken):
        sessions.deliver(engagement=engagement, member=cast.chen, by=cast.chen, at=AT, **values)


def test_a_fixed_price_has_no_rate_and_an_hourly_one_needs_it(cast: Cast) -> None:
    whole = fixed(cast)
    session(cast, whole, "S-F", cast.chen)
    held = sessions.deliver(
        engagement=whole, member=cast.chen, held_on=DAY, hours_centi=100, title="x", by="demo", at=AT
    )
    assert held.rate_micro is None
    with pytest.raises(refusals.RateUnknown):
        sessions.deliver(
            engagement=hourly(cast), member=cast.chen, held_on=DAY, hours_centi=100, title="x", by="demo", at=AT
        )


def test_who_left_starts_no_timer(cast: Cast, engagement: Engagement) -> None:
    memberships.declare_exit(member=cast.chen, exited_on=DAY, by="test", at=AT)
    started(cast, engagement)
    with pytest.raises(known.AfterLeaving):
        started(cast, engagement, AT + timedelta(days=1))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE consulting_timer SET stopped_at = NULL",
        "UPDATE consulting_timer SET kept_centi = 1, refused = 'x'",
        "DELETE FROM consulting_timer",
        (
            "INSERT INTO consulting_timer (member_id, engagement_id, started_at, note, kept_centi, refused)"
            " SELECT member_id, engagement_id, started_at, '', 0, '' FROM consulting_timer, generate_series(1, 2)"
        ),
        (
            "INSERT INTO consulting_timer (member_id, engagement_id, started_at, stopped_at, note, kept_centi, refused)"
            " SELECT member_id, engagement_id, now(), '2026-01-01', '', 0, '' FROM consulting_timer"
        ),
        (
            "INSERT INTO consulting_timer (member_id, engagement_id, started_at, stopped_at, note, kept_centi, refused)"
            " SELECT member_id, engagement_id, started_at, stopped_at, '', 1, '' FROM consulting_timer"
        ),
        (
            "INSERT INTO consulting_timer (member_id, engagement_id, started_at, session_id, note, kept_centi, refused)"
            " SELECT member_id, engagement_id, now(), (SELECT id FROM consulting_session WHERE reference = 'S-E-1'),"
            " '', 0, '' FROM consulting_timer"
        ),
        (
            "INSERT INTO consulting_timer (member_id, engagement_id, started_at, stopped_at, session_id, note,"
            " kept_centi, refused) SELECT member_id, engagement_id, started_at, stopped_at,"
            " (SELECT id FROM consulting_session WHERE reference = 'S-B'), '', 0, '' FROM consulting_timer"
        ),
    ],
)
def test_the_database_refuses_what_no_service_does(cast: Cast, engagement: Engagement, statement: str) -> None:
    session(cast, engagement, "S-B", cast.bo)
    stopped(cast, started(cast, engagement))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
