"""Two at once: the week is never oversold, nothing slips into what is being accepted; and what the locks are for."""

from threading import Barrier
from typing import Any

import pytest
from django.db.models import Sum

from consulting.models import Acceptance, Session
from consulting.selectors import weeks
from consulting.services import acceptances, engagements
from members.models import Member
from tests.cast import AT, assemble
from tests.consulting.desk import SUNDAY, hourly, session
from tests.races import PATIENCE, at_once

pytestmark = pytest.mark.committed
DESKS = 8


def record_at_once() -> list[str]:
    """Eight sessions of three hours for one person in one week, each on an engagement of its own."""
    cast = assemble()
    orders = [hourly(cast, f"E-{number}") for number in range(DESKS)]
    return at_once(
        *(
            lambda order=order, number=number: session(cast, order, f"S-{number}", cast.chen, hours_centi=300)
            for number, order in enumerate(orders)
        )
    )


def test_ten_hours_a_week_hold_over_engagements(committed_db: str) -> None:
    outcomes = record_at_once()
    assert sorted(outcomes) == [*["WeekFull"] * (DESKS - 3), *["done"] * 3]
    assert Session.objects.aggregate(hours=Sum("hours_centi")) == {"hours": 900}


def test_without_the_experts_lock_the_week_is_oversold(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Barrier(DESKS)
    taken_centi = weeks.taken_centi

    def count_together(*args: Any, **changes: Any) -> int:
        taken = taken_centi(*args, **changes)
        counted.wait(PATIENCE)
        return taken

    monkeypatch.setattr(engagements, "taken_centi", count_together)
    monkeypatch.setattr(engagements, "locked_expert", lambda member: Member.objects.get(pk=member.pk))
    assert record_at_once() == ["done"] * DESKS
    assert Session.objects.aggregate(hours=Sum("hours_centi")) == {"hours": 300 * DESKS}


def test_a_session_is_accepted_with_the_whole_or_refused(committed_db: str) -> None:
    cast = assemble()
    engagement = hourly(cast)
    session(cast, engagement, "S-0", cast.bo)
    outcomes = at_once(
        lambda: acceptances.accept(engagement=engagement, accepted_on=SUNDAY, by=cast.mira, at=AT),
        lambda: session(cast, engagement, "S-1", cast.chen),
    )
    assert outcomes[0] == "done"
    assert Acceptance.objects.count() == Session.objects.count() == (2 if outcomes[1] == "done" else 1)


def test_of_many_acceptances_one_counts(committed_db: str) -> None:
    cast = assemble()
    engagement = hourly(cast)
    session(cast, engagement, "S-0", cast.bo)
    accept = [lambda: acceptances.accept(engagement=engagement, accepted_on=SUNDAY, by=cast.mira, at=AT)]
    assert sorted(at_once(*accept * DESKS)) == [*["AcceptedAlready"] * (DESKS - 1), "done"]
    assert Acceptance.objects.count() == 1
