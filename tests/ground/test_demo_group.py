"""The demo's group: its books hold, its months run, and everybody whom one can play has something before them."""

import io
import os
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from charter import selectors as charter
from charter.rules.quarters import quarter_of
from consulting.models import Article, Booking, DisputeOffer, Quote, Refund, Session, Upload
from consulting.rules import bookings, quoting
from consulting.selectors import files, payments, portal
from expertgroup.demo import rooms
from expertgroup.demo.build import build
from expertgroup.demo.cast import CLIENT_CONTACT, LEADERS, TREASURER
from expertgroup.demo.script import FIRST_MONTH
from expertgroup.selectors.agenda import agenda
from journal.clock import database_clock
from journal.services import jobs
from proposals.models import Motion, Proposal, Round
from proposals.selectors.listings import chosen, shown
from proposals.selectors.visibility import VISITOR
from tests import databases
from tests.journeys import routes
from tests.journeys.groups import demo_database
from treasury.models import PayoutRun
from treasury.services import payouts

# One process waits until the group is built, not two.
pytestmark = [pytest.mark.committed, pytest.mark.xdist_group("demo")]
LEADER, MEMBER, EXPERT = (f"{handle}@demo.example" for handle in (LEADERS[-1], "tomas", "marek"))


@pytest.fixture
def group(django_db_blocker: Any) -> Iterator[None]:
    """The demo's group, for this test alone."""
    with (
        django_db_blocker.unblock(),
        databases.clone(demo_database(os.environ["EXPERTGROUP_TEST_TEMPLATE"])),
    ):
        yield


def person(email: str) -> User:
    return User.objects.get(email=email)


def broken() -> list[str]:
    """What `manage.py verify` finds."""
    said = io.StringIO()
    try:
        call_command("verify", stdout=said)
    except SystemExit:
        return [line for line in said.getvalue().splitlines() if not line.startswith("ok")]
    return []


def test_its_books_hold_and_its_next_month_runs(group: None) -> None:
    assert broken() == []
    last = PayoutRun.objects.latest("month").month
    at = database_clock()
    payouts.start(month=routes.following(last), by=person(TREASURER.email), at=at)
    jobs.run_due(clock=lambda: at)
    run = PayoutRun.objects.latest("month")
    assert run.month > last
    assert run.lines.filter(reference__contains=rooms.engagement().reference).exists()
    assert broken() == []


def test_the_client_sees_work_in_every_state(group: None) -> None:
    now = database_clock()
    found = portal.of(person(CLIENT_CONTACT.email), now, charter.timeline())
    assert {bookings.state(row, now) for row in found.bookings} >= {"confirmed", "paid", "lapsed"}
    assert {row.state for row in found.invoices} >= {"open", "partly", "paid", "overpaid"}
    assert {quoting.state(row, now) for row in found.quotes} == {"asked", "sent", "accepted"}
    assert found.credit_micro > 0
    assert Refund.objects.count() == 1
    assert len(set(DisputeOffer.objects.values_list("percent", flat=True))) == 2
    assert {row.state for row in Article.objects.all()} == {"asked", "published"}


def test_the_room_has_hours_words_and_files(group: None) -> None:
    room, client = rooms.engagement(), Client()
    client.force_login(person(CLIENT_CONTACT.email))
    page = client.get(f"/engagements/{room.reference}/").content.decode()
    for words in ("Rounding in withdraw()", "Check of the fixes", "roles.png", "Confirm 1.5"):
        assert words in page
    assert set(Upload.objects.values_list("kind", flat=True)) == {"png", "txt", "md"}
    assert list(files.missing()) == []
    upload = Upload.objects.get(kind="png")
    answer = client.get(f"/engagements/{room.reference}/files/{upload.token}/")
    assert b"".join(answer).startswith(b"\x89PNG")


def test_what_the_group_decides_is_in_every_state(group: None) -> None:
    now = database_clock()
    # It opens a week after it was put forward; in a quarter's first days the term has only begun.
    election = "pending" if now < Proposal.objects.get(kind="election").proposed_at + timedelta(days=7) else "active"
    rows = {row.proposal.pk: row for row in shown(list(chosen("all")), reader=VISITOR, at=now)}
    assert Counter((row.proposal.kind, str(row.state)) for row in rows.values()) == {
        ("admission", "active"): 1, ("admission", "executed"): 3, ("amendment", "active"): 1, ("budget", "active"): 1,
        ("election", election): 1, ("resolution", "active"): 1, ("resolution", "executed"): 1,
        ("resolution", "pending"): 1, ("resolution", "queued"): 1,
    }  # fmt: skip
    assert set(Proposal.objects.filter(hidden=True).values_list("kind", flat=True)) == {"budget"}
    assert {motion.kind for motion in Motion.objects.all()} == {"hold", "extend"}
    waits = {todo.url for day in agenda(person(MEMBER), now).days for todo in day.todos}
    running = Round.objects.filter(outcome=None).values_list("proposal__number", flat=True)
    assert {f"/proposals/{number}/" for number in running} <= waits


def test_something_waits_for_everybody_who_works(group: None) -> None:
    now = database_clock()
    waits = {email: {todo.url for day in agenda(person(email), now).days for todo in day.todos} for email in CAST}
    room = f"/engagements/{rooms.engagement().reference}/"
    assert "/payments/" in waits[TREASURER.email]
    assert "/bookings/" in waits[LEADER]
    assert "/bookings/" in waits[MEMBER]
    assert any(url.startswith(room) for url in waits[EXPERT])
    assert any(url.startswith(room) for url in waits[CLIENT_CONTACT.email])
    assert {row.queued_reason for row in payments.waiting()} == {"several-invoices", "payer-unknown"}
    assert Quote.objects.filter(member__handle=LEADERS[-1], sent_at=None).exists()


CAST = (LEADER, MEMBER, EXPERT, CLIENT_CONTACT.email, TREASURER.email)
# What each of them opens; that no other page breaks is looked at in journeys/test_every_page.py.
OPENS = {
    CLIENT_CONTACT.email: ("consulting:client", "consulting:engagement", "consulting:quote", "consulting:dispute"),
    TREASURER.email: ("consulting:invoice", "consulting:payment", "consulting:payments", "consulting:issue-invoice"),
    LEADER: ("consulting:engagement", "consulting:bookings", "consulting:quotes"),
    MEMBER: ("consulting:bookings", "consulting:invoices", "consulting:articles"),
    EXPERT: ("consulting:engagements", "consulting:offering", "consulting:articles-own"),
}


def test_everybody_opens_their_pages(group: None) -> None:
    places = routes.places()
    refused: dict[tuple[str, str], int] = {}
    for email, names in OPENS.items():
        client = Client(raise_request_exception=False)
        client.force_login(person(email))
        own = [place for place in places if place.path and place.route in names]
        assert {place.route for place in own} == set(names)
        refused |= {
            (email, place.path): status for place in own if (status := client.get(place.path).status_code) != 200
        }
    assert refused == {}


@pytest.mark.torture
@pytest.mark.parametrize("part", range(5))
def test_it_can_be_built_until_the_quarter_ends(committed_db: str, part: int) -> None:
    # Not on a day that is over, after which a round would wait for the worker that was not there; and not later, when
    # members would be admitted in the future, which the database does not let happen.
    now = database_clock()
    left = quarter_of(now.date(), FIRST_MONTH).last_day(FIRST_MONTH) - now.date()
    build(now + left * part / 4)
    assert Session.objects.filter(delivered_at__isnull=False, acceptance=None).exists()
    assert Booking.objects.filter(confirmed_at__isnull=False, session=None).exists()
    assert broken() == []
