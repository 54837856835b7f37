"""Two at once in a room: one timer runs, one stop counts, the quota holds; and what the locks are for."""

from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum

from consulting.models import Engagement, Session, Timer, Upload
from consulting.services import files, rooms, sessions, timers
from consulting.services.files import Sent
from members.models import Member
from tests.cast import AT, DAY, Cast, assemble
from tests.consulting.rooms import LATER, ordered
from tests.races import PATIENCE, at_once

pytestmark = pytest.mark.committed
DESKS = 8


def start(cast: Cast, engagement: Engagement) -> Timer:
    return timers.start(engagement=engagement, member=cast.chen, by=cast.chen, at=AT)


def test_one_timer_of_many_runs(committed_db: str) -> None:
    cast = assemble()
    orders = [ordered(cast, f"E-{number}") for number in range(DESKS - 4)]
    outcomes = at_once(*(lambda order=order: start(cast, order) for order in orders * 2))
    assert sorted(outcomes) == [*["TimerRuns"] * (DESKS - 1), "done"]
    assert Timer.objects.filter(stopped_at=None).count() == 1


def test_without_the_constraint_two_timers_run(committed_db: str) -> None:
    cast = assemble()
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX timer_runs_once")
    engagement = ordered(cast)
    assert at_once(*[lambda: start(cast, engagement)] * DESKS) == ["done"] * DESKS


def stop_at_once() -> list[str]:
    """One timer stopped by eight clicks."""
    cast = assemble()
    timer = start(cast, ordered(cast))
    return at_once(*[lambda: timers.stop(timer=timer, title="x", by=cast.chen, at=LATER)] * DESKS)


def test_a_timer_is_one_session(committed_db: str) -> None:
    assert sorted(stop_at_once()) == [*["TimerStopped"] * (DESKS - 1), "done"]
    assert Session.objects.filter(title="x").aggregate(hours=Sum("hours_centi")) == {"hours": 150}


def test_without_the_person_s_lock_the_trigger_alone_stops_the_second(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = Barrier(DESKS)
    running = timers._running

    def see_together(timer: Timer) -> Timer:
        found = running(timer)
        seen.wait(PATIENCE)
        return found

    monkeypatch.setattr(timers, "_running", see_together)
    for module in (timers, sessions):
        monkeypatch.setattr(module, "locked_expert", lambda member: Member.objects.get(pk=member.pk))
    assert sorted(stop_at_once()) == [*["IntegrityError"] * (DESKS - 1), "done"]


def fill_at_once(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Eight files of ten bytes against a quota of thirty."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(files, "QUOTA_BYTES", 30)
    cast = assemble()
    engagement = ordered(cast)
    sent = [Sent("a.txt", b"1234567890")]
    return at_once(*[lambda: rooms.write(engagement=engagement, body="x", files=sent, by=cast.otto, at=AT)] * DESKS)


def test_the_quota_holds(committed_db: str, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes = fill_at_once(tmp_path, settings, monkeypatch)
    assert sorted(outcomes) == [*["QuotaFull"] * (DESKS - 3), *["done"] * 3]
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == Upload.objects.count() == 3


def test_without_the_engagement_s_lock_the_quota_is_passed(
    committed_db: str, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted, create = Barrier(DESKS), Upload.objects.bulk_create

    def create_together(rows: Any) -> Any:
        """Everybody has counted before anybody adds."""
        counted.wait(PATIENCE)
        return create(rows)

    monkeypatch.setattr(Upload.objects, "bulk_create", create_together)
    monkeypatch.setattr(rooms, "locked", lambda engagement: Engagement.objects.get(pk=engagement.pk))
    assert fill_at_once(tmp_path, settings, monkeypatch) == ["done"] * DESKS


def test_the_week_holds_over_timers_and_the_desk(committed_db: str) -> None:
    cast = assemble()
    orders = [ordered(cast, f"E-{number}") for number in range(DESKS)]
    outcomes = at_once(
        *(
            lambda order=order: sessions.deliver(
                engagement=order, member=cast.chen, held_on=DAY, hours_centi=300, title="x", by=cast.chen, at=AT
            )
            for order in orders
        )
    )
    assert sorted(outcomes) == [*["WeekFull"] * (DESKS - 3), *["done"] * 3]
