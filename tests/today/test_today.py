"""The first page: what waits for whom, and the public front."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from charter import selectors as charter
from expertgroup.selectors import counts
from expertgroup.selectors.agenda import Todo, agenda
from expertgroup.selectors.front import front
from expertgroup.selectors.pulse import pulse
from journal.clock import database_clock
from members.models import Application
from members.rules.interviews import KEYS
from members.services import applications, interviews
from proposals.models import Proposal
from proposals.services import admissions
from tests.cast import ANSWERS, AT, DAY, Cast, person
from treasury.models import Claim, PayoutRun
from treasury.services import budgets

pytestmark = pytest.mark.django_db

AGENDA_QUERIES = 30
PULSE_QUERIES = 13


def todos(user: Any, at: Any = AT) -> list[Todo]:
    return [todo for day in agenda(user, at).days for todo in day.todos]


def ready(cast: Cast) -> None:
    applications.confirm_builder(
        application=cast.application, since=DAY - timedelta(days=60), url="https://x.example/1", by=cast.lin, at=AT
    )
    interviews.record(
        application=cast.application,
        held_on=DAY,
        minutes=50,
        interviewers=[cast.bo],
        answers=dict.fromkeys(KEYS, "Well"),
        summary="Convincing.",
        by=cast.lin,
        at=AT,
    )


def test_before_there_is_a_group_the_front_says_so(db: None, client: Client) -> None:
    text = client.get("/").content.decode()
    assert "The group is not founded yet" in text
    assert front(AT).members == 0


def test_a_visitor_sees_the_group_in_figures(cast: Cast, client: Client) -> None:
    text = client.get("/").content.decode()
    assert "The group in figures" in text
    assert (front(AT).members, front(AT).decisions) == (3, 0)
    assert "80\u00a0% goes to those who do the work, 20\u00a0% to the group’s pool" in text


def test_the_leader_sees_what_an_application_lacks(cast: Cast) -> None:
    (todo,) = todos(cast.user("lin"))
    assert todo.title == "Noor Haddad applies to join"
    assert "Record the interview first." in todo.why
    assert todo.url == f"/applications/{cast.application.pk}/"
    assert todos(cast.user("bo")) == []


def test_a_ready_application_waits_for_its_proposal(cast: Cast) -> None:
    ready(cast)
    (todo,) = todos(cast.user("lin"))
    assert (todo.kind, todo.clause) == ("Application", "join.2.3")


def test_many_applications_become_one_line(cast: Cast) -> None:
    for number in range(4):
        user = person(f"a{number}@cast.example")
        applications.save_draft(user=user, changes=ANSWERS | {"handle": f"a{number}x"}, at=AT)
        applications.submit(application=Application.objects.get(user=user), by=user, at=AT)
    (todo,) = todos(cast.user("lin"))
    assert todo.title == "5 applications wait"


def test_somebody_who_began_an_application_goes_on(cast: Cast, client: Client) -> None:
    applications.save_draft(user=cast.otto, changes={"name": "Otto"}, at=AT)
    (todo,) = todos(cast.otto)
    assert todo.url == "/apply/"
    client.force_login(cast.otto)
    assert "Your application is not sent yet" in client.get("/").content.decode()


def test_who_has_nothing_to_do_is_told_so(cast: Cast, client: Client) -> None:
    client.force_login(cast.user("chen"))
    assert "Nothing waits for you." in client.get("/").content.decode()
    client.force_login(cast.otto)
    assert "How joining works" in client.get("/").content.decode()


def opened(cast: Cast, moment: datetime = AT) -> Proposal:
    ready(cast)
    return admissions.open_admission(application=cast.application, by=cast.lin, at=moment)


def test_a_ballot_waits_until_it_is_cast_with_its_end_in_front(cast: Cast) -> None:
    opened(cast)
    (todo,) = todos(cast.user("chen"))
    assert (todo.kind, todo.clause, todo.action) == ("Ballot", "join.2.4", "Vote")
    assert todo.closes_at == AT + timedelta(days=7)
    assert list(todo.votes) == ["", "", ""]
    assert not todo.primary
    (day,) = agenda(cast.user("chen"), AT).days
    assert day.title == "Next week"
    last_day = agenda(cast.user("chen"), AT + timedelta(days=7, minutes=-5))
    assert (last_day.days[0].title, last_day.days[0].todos[0].primary) == ("Today", True)


def test_the_applicant_reads_how_the_vote_stands(cast: Cast, client: Client) -> None:
    # The page goes by the real clock.
    proposal = opened(cast, database_clock())
    client.force_login(cast.noor)
    text = client.get("/application/").content.decode()
    assert "The members are voting on your admission" in text
    assert f"/proposals/{proposal.number}/" in text
    assert "Round 1" in text


def test_the_menu_counts_what_waits_for_the_reader_alone(cast: Cast) -> None:
    lin, bo, otto = (cast.user(name) for name in ("lin", "bo", "otto"))
    assert [counts.applying(lin, AT), counts.claims(lin, AT), counts.ballots(lin, AT)] == [1, 0, 0]
    opened(cast)
    assert [counts.applying(lin, AT), counts.ballots(lin, AT), counts.ballots(otto, AT)] == [0, 1, 0]
    claim = {"worked_on": DAY, "hours_centi": 150, "project": "P", "description": "D", "quarter": "2026-Q4"}
    Claim.objects.create(reference="c-1", member=cast.chen, status="pending", submitted_at=AT, **claim)
    Claim.objects.create(reference="c-2", member=cast.lin, status="pending", submitted_at=AT, **claim)
    Claim.objects.create(reference="c-3", member=cast.bo, status="draft", **claim)
    assert [counts.claims(user, AT) for user in (lin, bo, cast.user("chen"), otto)] == [1, 1, 0, 0]


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_the_agenda_and_the_pulse_cost_the_same_for_any_number(
    cast: Cast, django_assert_num_queries: Any, rows: int
) -> None:
    opened(cast)
    claim = {"worked_on": DAY, "hours_centi": 150, "project": "P", "description": "D", "quarter": "2026-Q4"}
    Claim.objects.bulk_create(
        Claim(reference=f"c-{n}", member=cast.chen, status="pending", submitted_at=AT, **claim) for n in range(rows)
    )
    lin = cast.user("lin")
    with django_assert_num_queries(AGENDA_QUERIES):
        agenda(lin, AT)
    with django_assert_num_queries(PULSE_QUERIES):
        pulse(AT)


def test_the_pulse_draws_eight_weeks(cast: Cast) -> None:
    claim = {"hours_centi": 150, "project": "P", "description": "D", "quarter": "2026-Q4", "status": "pending"}
    for number, days in enumerate((0, 1, 7, 53, 54, 400)):
        worked_on = DAY - timedelta(days=days)
        Claim.objects.create(reference=f"c-{number}", member=cast.chen, worked_on=worked_on, **claim)
    found = pulse(AT)
    assert [column.week for column in found.columns] == list(range(40, 48))
    assert [column.hours_centi for column in found.columns] == [150, 0, 0, 0, 0, 0, 150, 300]
    assert found.columns[-1].last
    assert found.spark_label.endswith("week 47 3\u00a0h")
    assert {label: value for label, value, _note in found.figures}["POW hours"] == "3\u00a0h"
    assert found.pot.budget is None


def budgeted(cast: Cast, at: datetime) -> None:
    """The budget of a moment's quarter, and a claim of that day that waits."""
    today = charter.today(at)
    quarter = str(charter.quarter_on(today))
    budgets.grant(
        quarter=quarter,
        headcount=3,
        hours_per_head_centi=2000,
        pow_micro=3_600_000_000,
        stipend_micro=0,
        by="system:test",
        at=at,
    )
    claim = {"worked_on": today, "hours_centi": 1000, "project": "P", "description": "D", "quarter": quarter}
    Claim.objects.create(reference="c-1", member=cast.chen, status="pending", submitted_at=at, **claim)


def test_the_budget_bar_has_the_numbers_of_the_claims_page(cast: Cast) -> None:
    budgeted(cast, AT)
    found = pulse(AT)
    assert (found.pot.granted_e8, found.pot.waiting_e8, found.left) == (360_000_000_000, 60_000_000_000, "3,000")
    assert found.gone_percent == 55


def test_the_page_has_the_budget_bar_of_its_day(cast: Cast, client: Client) -> None:
    # The page goes by the real clock.
    budgeted(cast, database_clock())
    label = pulse(database_clock()).pot.label
    assert label
    client.force_login(cast.user("lin"))
    assert label in client.get("/").content.decode()


def test_the_treasurer_is_told_of_the_month_that_is_over(cast: Cast, client: Client) -> None:
    (todo,) = todos(cast.mira)
    assert (todo.title, todo.url) == ("October 2026 is ready to run", "/treasury/months/2026-10/")
    run = {"number": 1, "terms": {}, "occurred_on": DAY, "started_by": "user:1", "started_at": AT}
    PayoutRun.objects.create(month="2026-10", completed_at=AT, **run)
    assert todos(cast.mira) == []
    client.force_login(cast.mira)
    assert client.get("/").status_code == 200
