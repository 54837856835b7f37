"""The two groups that journeys play in: a small one made for the test, and the demo's, built once a run."""

from datetime import date, timedelta

from django.contrib.auth.hashers import make_password
from django.core.management import call_command

from accounts.models import User
from charter import selectors as charter
from charter.services import editions
from journal.clock import database_clock
from members.services import groups
from tests import databases
from tests.cast import PASSWORD, person
from treasury.services import budgets

# One builder of the demo's database at a time; any number that no other lock of the tests uses.
BUILD_LOCK = 0xDE30
MICRO = 1_000_000
FOUNDERS = (("lin", "Lin Wei"), ("sun", "Sun Jia"), ("chen", "Chen Yu"))
TREASURER = "mira@journey.example"


def address(handle: str) -> str:
    """A member's e-mail address."""
    return f"{handle}@journey.example"


def found_small(*, pow_u: int | None = 16_800) -> None:
    """Three members with accounts: lin leads, sun is the deputy; a round may end at once.

    This quarter and that of last month have a budget of `pow_u` for hours; none without it.
    """
    now = database_clock()
    founded_on = first_of_last_quarter(now.date())
    for handle, name in FOUNDERS:
        person(address(handle), name, at=now)
    person(TREASURER, "Mira Kohl", at=now)
    groups.found(
        name="Technical Expert Group",
        founders=[
            groups.Founder(handle, name, address(handle), founded_on - timedelta(days=200)) for handle, name in FOUNDERS
        ],
        leader="lin",
        deputy="sun",
        treasurer_email=TREASURER,
        founded_on=founded_on,
        by="system:test",
        at=now,
    )
    editions.amend(changes={"voting.min_hours": "0"}, effective_on=founded_on, act="import", by="system:test", at=now)
    if pow_u is not None:
        today = charter.today(now)
        for quarter in sorted({str(charter.quarter_on(day)) for day in (last_month(today), today)}):
            budgets.grant(
                quarter=quarter,
                headcount=len(FOUNDERS),
                hours_per_head_centi=4000,
                pow_micro=pow_u * MICRO,
                stipend_micro=6_000 * MICRO,
                by=User.objects.get(email=TREASURER),
                at=now,
            )


def last_month(day: date) -> date:
    """A day in the middle of the month before."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=15)


def first_of_last_quarter(day: date) -> date:
    """The first day of the calendar quarter before a day's."""
    this = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    before = this - timedelta(days=1)
    return date(before.year, 3 * ((before.month - 1) // 3) + 1, 1)


def demo_database(template: str) -> str:
    """The URL of a database with the demo's group, all of whom sign in with PASSWORD; built by who asks first."""
    url = databases.demo_of(template)
    name, unfinished = databases.database_of(url), f"{databases.database_of(url)}_unfinished"
    with databases.connect(databases.with_database(template, "postgres")) as server:
        # Held until this connection ends.
        server.execute("SELECT pg_advisory_lock(%s)", [BUILD_LOCK])
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return url
        place = databases.create(
            databases.with_database(template, unfinished), template=databases.database_of(template)
        )
        try:
            with databases.using(place):
                call_command("build_demo")
                User.objects.update(password=make_password(PASSWORD))
            server.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')
        finally:
            databases.drop(place)
    return url
