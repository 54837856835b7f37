"""Silence counts only where it was agreed, after two reminders, and never against an answer."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from consulting.models import Acceptance, Engagement, Milestone, SilenceReminder
from consulting.rules import silence as rules
from consulting.services import acceptances, disputes, engagements, milestones, silence
from consulting.services.milestones import Planned
from journal.models import Outbox
from journal.registry import due_work
from tests.cast import Cast
from tests.consulting.desk import MICRO, session
from tests.consulting.held import TERMS, broken
from treasury.services.clients import client_named

# 10:00 in Shanghai, the group's zone.
DELIVERED = datetime(2026, 11, 2, 2, tzinfo=UTC)
DAY = date(2026, 11, 2)


def agreed(cast: Cast, days: int | None = 7, **changes: Any) -> Engagement:
    """An engagement by the hour whose client, otto, agreed to a wait of so many days."""
    values: dict[str, Any] = {
        "reference": "E-1",
        "client": client_named(name="Harbor Labs", email="otto@cast.example", at=DELIVERED),
        "title": "Advice",
        "pricing": "hourly",
        "opened_on": date(2026, 10, 1),
        "terms": TERMS | {"silent_accept_days": days},
        "by": cast.mira,
        "at": DELIVERED,
    }
    return engagements.open_engagement(**(values | changes))


def delivered(cast: Cast, engagement: Engagement, reference: str = "S-1", **changes: Any) -> None:
    """Two hours of chen's on the day, delivered at ten."""
    values: dict[str, Any] = {"held_on": DAY, "hours_centi": 200, "rate_micro": 150 * MICRO, "delivered_at": DELIVERED}
    engagements.enter_session(
        engagement=engagement, reference=reference, member=cast.chen, by="test", at=DELIVERED, **(values | changes)
    )


def pass_days(days: int) -> list[str]:
    """The worker's rounds, two a day: on which day what happened."""
    said = []
    for hour in range(0, days * 24, 12):
        moment = DELIVERED + timedelta(hours=hour)
        reminders, accepted = SilenceReminder.objects.count(), Acceptance.objects.count()
        silence.answer_due(clock=partial(datetime.fromtimestamp, moment.timestamp(), UTC))
        day = (moment + timedelta(hours=8)).date().isoformat()
        said += [f"{day} reminder"] * (SilenceReminder.objects.count() - reminders)
        said += [f"{day} accepted"] * (Acceptance.objects.count() - accepted)
    return said


def test_two_reminders_then_silence_counts(cast: Cast) -> None:
    delivered(cast, agreed(cast))
    # Seven whole days after the 2nd: until the 9th the client can answer.
    assert pass_days(12) == ["2026-11-07 reminder", "2026-11-09 reminder", "2026-11-10 accepted"]
    mails = Outbox.objects.filter(key__contains="silence").order_by("pk")
    assert [row.payload["to"] for row in mails] == ["otto@cast.example"] * 2
    assert "Mon 9 Nov 2026" in mails[0].payload["text"]
    assert broken() == []


def test_nobody_is_taken_by_surprise_by_a_worker_that_slept(cast: Cast) -> None:
    delivered(cast, agreed(cast))
    late = DELIVERED + timedelta(days=30)
    for _round in range(3):
        silence.answer_due(clock=lambda: late)
    assert SilenceReminder.objects.values_list("days_before", flat=True).get() == 1
    assert not Acceptance.objects.exists()
    silence.answer_due(clock=lambda: late + timedelta(days=1))
    assert Acceptance.objects.count() == 1


@pytest.mark.parametrize("changes", [{"days": None}, {"terms": None}, {"client": "unreachable"}])
def test_silence_of_who_did_not_agree_says_nothing(cast: Cast, changes: dict[str, Any]) -> None:
    if changes.get("client"):
        changes = {"client": client_named(name="Quiet", at=DELIVERED)}
    delivered(cast, agreed(cast, **changes))
    assert pass_days(30) == []


def test_what_was_not_delivered_waits(cast: Cast) -> None:
    engagement = agreed(cast)
    session(cast, engagement, "S-0", cast.bo, held_on=DAY)
    assert pass_days(30) == []


def test_an_answer_a_dispute_and_a_correction_come_before_silence(cast: Cast) -> None:
    engagement = agreed(cast)
    delivered(cast, engagement)
    delivered(cast, engagement, "S-2", hours_centi=100)
    acceptances.accept(engagement=engagement, accepted_on=DAY, units=["S-1"], by=cast.otto, at=DELIVERED)
    disputes.open_dispute(engagement=engagement, reason="x", by=cast.otto, at=DELIVERED)
    assert pass_days(30) == []
    back = DELIVERED + timedelta(days=30)
    disputes.withdraw(engagement=engagement, by=cast.otto, at=back)
    row = engagement.sessions.get(reference="S-2")
    assert row.delivered_at == back
    later = back + timedelta(days=1)
    engagements.correct_session(
        session=row, held_on=DAY, hours_centi=50, rate_micro=150 * MICRO, by=cast.mira, at=later
    )
    row.refresh_from_db()
    assert row.delivered_at == later


def test_milestones_are_accepted_by_silence_too(cast: Cast) -> None:
    engagement = agreed(cast, pricing="fixed", price_micro=100 * MICRO)
    engagements.set_weights(engagement=engagement, weights={cast.chen: 1}, by=cast.mira, at=DELIVERED)
    milestones.agree(
        engagement=engagement,
        plan=[Planned("Look", 60 * MICRO), Planned("Mend", 40 * MICRO)],
        by=cast.mira,
        at=DELIVERED,
    )
    milestones.deliver(milestone=Milestone.objects.get(reference="M1"), by="test", at=DELIVERED)
    assert pass_days(12) == ["2026-11-07 reminder", "2026-11-09 reminder", "2026-11-10 accepted"]
    assert Acceptance.objects.values_list("milestone__reference", flat=True).get() == "M1"


def test_one_that_cannot_be_shared_does_not_stop_the_others(cast: Cast) -> None:
    odd = agreed(cast, pricing="fixed", price_micro=100 * MICRO, reference="F-1")
    milestones.agree(engagement=odd, plan=[Planned("Look", 100 * MICRO)], by=cast.mira, at=DELIVERED)
    milestones.deliver(milestone=Milestone.objects.get(), by="test", at=DELIVERED)
    delivered(cast, agreed(cast))
    assert pass_days(12)[-1] == "2026-11-10 accepted"
    assert Acceptance.objects.get().engagement.reference == "E-1"


def test_the_worker_does_it(cast: Cast) -> None:
    assert "consulting.silent-accept" in due_work


@pytest.mark.parametrize(
    ("days", "sent", "today", "remind", "accept"),
    [
        (7, {}, 6, None, False),
        (7, {}, 7, 3, False),
        (7, {3: 7}, 8, None, False),
        (7, {3: 7}, 9, 1, False),
        (7, {3: 7, 1: 9}, 9, None, False),
        (7, {3: 7, 1: 9}, 10, None, True),
        (7, {}, 30, 1, False),
        (7, {1: 30}, 30, None, False),
        # One day: only the reminder of the day after the delivery is left.
        (1, {}, 2, None, False),
        (1, {}, 3, 1, False),
        (1, {1: 3}, 4, None, True),
        # Without a day in between nobody can be reminded: silence never counts.
        (0, {}, 2, None, False),
        (0, {}, 3, None, False),
    ],
)
def test_what_is_due(days: int, sent: dict[int, int], today: int, remind: int | None, accept: bool) -> None:
    reminders = [(before, date(2026, 11, day)) for before, day in sent.items()]
    found = rules.due(DAY, days, reminders, date(2026, 11, today))
    assert (found.remind, found.accept) == (remind, accept)
