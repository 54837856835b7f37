"""What waits in the rooms: for the client an answer, for the expert a running timer and what is due."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consulting.models import Engagement
from consulting.selectors import waiting
from consulting.services import acceptances, disputes, engagements, rooms, sessions, timers
from expertgroup.selectors import counts
from expertgroup.selectors.agenda import Todo, agenda
from tests.cast import AT, DAY, Cast
from tests.consulting.desk import OPENED, harbor
from tests.consulting.rooms import ordered

pytestmark = pytest.mark.django_db


def todos(user: Any) -> list[Todo]:
    return [todo for day in agenda(user, AT).days for todo in day.todos]


def delivered(cast: Cast, engagement: Engagement, number: int = 0, hours_centi: int = 150) -> Any:
    day = DAY - timedelta(days=7 * number)
    return sessions.deliver(
        engagement=engagement, member=cast.chen, held_on=day, hours_centi=hours_centi, title="Rounding", by="t", at=AT
    )


def silent(cast: Cast) -> Engagement:
    """An engagement whose client agreed that silence counts after seven days."""
    ordered(cast, "E-0")
    return engagements.open_engagement(
        reference="E-1",
        client=harbor(),
        title="Review",
        pricing="fixed",
        price_micro=1000,
        opened_on=OPENED,
        terms={"edition": 1, "silent_accept_days": 7, "cancel_free_hours": 24, "late_kept": "1/2"},
        by=cast.mira,
        at=AT,
    )


def test_a_session_waits_until_the_client_answers(cast: Cast) -> None:
    engagement = ordered(cast)
    assert (todos(cast.otto), counts.engagements(cast.otto, AT)) == ([], 0)
    held = delivered(cast, engagement)
    (todo,) = todos(cast.otto)
    assert (todo.kind, todo.url, todo.clause) == ("Session", "/engagements/E-1/", "income.2.1")
    assert todo.title.replace("\xa0", " ") == "Confirm 1.5 h: Rounding"
    assert todo.why == "Chen Yu recorded it for Fri 20 Nov. Silence does not count as an answer."
    assert counts.engagements(cast.otto, AT) == 1
    assert (counts.engagements(cast.user("chen"), AT), todos(cast.user("chen"))) == (0, [])
    acceptances.accept(engagement=engagement, accepted_on=DAY, units=[held.reference], by=cast.otto, at=AT)
    assert (todos(cast.otto), counts.engagements(cast.otto, AT)) == ([], 0)


def test_nothing_but_the_dispute_waits_while_the_sides_disagree(cast: Cast) -> None:
    engagement = ordered(cast)
    delivered(cast, engagement)
    disputes.open_dispute(engagement=engagement, reason="It was shorter.", by=cast.otto, at=AT)
    assert [todo.kind for todo in todos(cast.otto)] == ["Dispute"]
    assert counts.engagements(cast.otto, AT) == 0


def test_many_sessions_are_one_line(cast: Cast) -> None:
    engagement = ordered(cast)
    for number in range(4):
        delivered(cast, engagement, number)
    (todo,) = todos(cast.otto)
    assert (todo.title, todo.url) == ("4 deliveries wait for you", "/engagements/")
    assert counts.engagements(cast.otto, AT) == 4


def test_a_milestone_closes_when_silence_counts(cast: Cast) -> None:
    engagement = silent(cast)
    engagements.set_weights(engagement=engagement, weights={cast.chen: 1}, by=cast.mira, at=AT)
    row = engagement.milestones.create(reference="M1", title="Report", price_micro=1000)
    sessions.deliver_milestone(milestone=row, by=cast.user("chen"), at=AT)
    (todo,) = todos(cast.otto)
    assert (todo.kind, todo.title) == ("Milestone", "Confirm: Report")
    assert todo.closes_at is not None
    assert todo.closes_at.isoformat() == "2026-11-27T23:59:00+08:00"


def test_an_expert_sees_the_timer_and_what_is_due(cast: Cast) -> None:
    engagement, chen = ordered(cast), cast.user("chen")
    timers.start(engagement=engagement, member=cast.chen, by=chen, at=AT - timedelta(minutes=65))
    for title, days in (("Report", 3), ("Late", -1), ("Far", 30)):
        rooms.promise(engagement=engagement, title=title, due_on=DAY + timedelta(days=days), by=chen, at=AT)
    found = [(todo.kind, todo.title) for todo in todos(chen)]
    assert found == [("Deliverable", "Late"), ("Deliverable", "Report"), ("Timer", "Your timer runs: Advice")]
    assert counts.engagements(chen, AT) == 3
    assert todos(cast.user("bo")) == []
    row = engagement.deliverables.get(title="Report")
    rooms.hand_over(deliverable=row, link="https://x.example", by=chen, at=AT)
    (todo,) = todos(cast.otto)
    assert (todo.kind, todo.title) == ("Deliverable", "Delivered: Report")
    assert counts.engagements(cast.otto, AT) == 1


def test_the_menu_leads_the_sides_there(cast: Cast, client: Client) -> None:
    ordered(cast)
    for who, there in (("chen", True), ("otto", True), ("mira", True), ("lin", True), ("noor", False)):
        client.force_login(cast.user(who))
        assert ('href="/engagements/"' in client.get("/charter/").content.decode()) is there


def test_the_count_is_one_query_and_the_agenda_does_not_grow(cast: Cast) -> None:
    engagement, chen = ordered(cast), cast.user("chen")
    asked: dict[str, set[int]] = {"otto": set(), "chen": set()}
    made = 0
    for number in (1, 3, 10):
        while made < number:
            delivered(cast, engagement, made, 10)
            row = rooms.promise(engagement=engagement, title=f"R{made}", due_on=DAY, by=chen, at=AT)
            if made % 2:
                rooms.hand_over(deliverable=row, link="https://x.example", by=chen, at=AT)
            made += 1
        for who, found in asked.items():
            with CaptureQueriesContext(connection) as queries:
                agenda(cast.user(who), AT)
            found.add(len(queries))
            with CaptureQueriesContext(connection) as queries:
                waiting.count(cast.user(who), DAY)
            assert len(queries) == 1
    assert all(len(found) == 1 for found in asked.values()), asked
