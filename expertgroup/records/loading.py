"""Locks what an import decides on, then reads the state that its rows are judged against: a fixed number of queries."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from allauth.account.models import EmailAddress
from django.db import connection
from django.db.models import Max
from django.db.models.functions import Lower

from accounts.models import User
from charter import selectors as charter
from charter.models import Edition, Group
from charter.rules.terms import Timeline
from consulting.models import Engagement, Session, Weight
from consulting.selectors.weeks import taken_by_week
from expertgroup.records import stored, tables
from expertgroup.records.checking.state import Records, State
from expertgroup.records.reading import Sheet
from expertgroup.records.tables import Table
from members.models import Member
from treasury.models import Budget, Claim
from treasury.rules.amounts import E8_PER_MICRO

# One import at a time; any number that no other lock of the house uses.
IMPORT_LOCK = 0x1CF7
Sheets = Mapping[str, Sheet]


def lock(sheets: Sheets) -> None:
    """Holds every row that the import decides on, in the order in which services take them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORT_LOCK])
    held: list[Any] = [
        Group.objects.select_for_update(),
        Budget.objects.select_for_update().order_by("quarter"),
        Claim.objects.select_for_update().filter(reference__in=references(sheets, tables.CLAIMS)).order_by("pk"),
        Member.objects.select_for_update(no_key=True).order_by("pk"),
        Engagement.objects.select_for_update(no_key=True).filter(reference__in=orders(sheets)).order_by("pk"),
    ]
    for rows in held:
        list(rows.values_list("pk", flat=True))


def load(sheets: Sheets, zone: str | None) -> State:
    """The state; of a database without a group, in the zone in which it will be founded."""
    founded = charter.founded()
    state = State(timeline=charter.timeline() if founded else Timeline.of([], zone))
    state.next_edition = (Edition.objects.aggregate(last=Max("number"))["last"] or 1) + 1
    state.charter = _by_key(tables.CHARTER)
    state.members = _by_key(tables.MEMBERS)
    state.leaders = _by_key(tables.LEADERS)
    state.budgets = _by_key(tables.BUDGETS)
    state.claims = _by_key(tables.CLAIMS, references(sheets, tables.CLAIMS))
    state.engagements = _by_key(tables.ENGAGEMENTS, orders(sheets))
    state.sessions = _by_key(tables.SESSIONS, references(sheets, tables.SESSIONS))
    state.worked_until = Claim.objects.aggregate(last=Max("worked_on"))["last"]
    _names(state)
    _accounts(state, sheets)
    _sums(state, sheets)
    return state


def references(sheets: Sheets, table: Table) -> set[str]:
    """The references that a file names."""
    return _texts(sheets, table, "reference")


def orders(sheets: Sheets) -> set[str]:
    """The engagements that the import names."""
    return references(sheets, tables.ENGAGEMENTS) | _texts(sheets, tables.SESSIONS, "engagement")


def _texts(sheets: Sheets, table: Table, column: str) -> set[str]:
    sheet = sheets.get(table.file)
    return {row.text(column) for row in sheet.rows if row.has(column)} if sheet else set()


def _by_key(table: Table, wanted: set[str] | None = None) -> Records:
    return {tuple(record[name] for name in table.key): record for record in stored.records(table, wanted)}


def _names(state: State) -> None:
    """Handles with their days of membership, quarters with their grants, engagements with their pricing."""
    for record in state.members.values():
        handle, joined, exited = str(record["handle"]), record["joined_on"], record["exited_on"]
        assert isinstance(joined, date), "the database has no membership without a first day"
        assert exited is None or isinstance(exited, date), "a last day is a date"
        state.handles.known.add(handle)
        state.periods.setdefault(handle, []).append((joined, exited))
    for quarter, granted, approved in Budget.objects.values_list("quarter", "pow_micro", "approved_e8"):
        state.quarters.known.add(quarter)
        state.granted_e8[quarter] = granted * E8_PER_MICRO
        state.approved_e8[quarter] = approved
    for record in state.engagements.values():
        state.orders.known.add(str(record["reference"]))
        state.pricing[str(record["reference"])] = str(record["pricing"])


def _accounts(state: State, sheets: Sheets) -> None:
    """Whose account each address of the file will find (`accounts.user_for_email`), and which member has which."""
    wanted = {email.lower() for email in _texts(sheets, tables.MEMBERS, "email") if email}
    carried = User.objects.annotate(low=Lower("email")).filter(low__in=wanted).values_list("low", "pk")
    proved = EmailAddress.objects.filter(verified=True).annotate(low=Lower("email")).filter(low__in=wanted)
    state.accounts = dict(carried) | dict(proved.values_list("low", "user_id"))
    state.holders = dict(Member.objects.exclude(user=None).values_list("user_id", "handle"))


def _sums(state: State, sheets: Sheets) -> None:
    """Hours by person and week around the file's sessions; days and weights of the engagements that it names."""
    days = _days(sheets.get(tables.SESSIONS.file))
    if days:
        # Everything that takes hours, as for every decision: bookings and reserved hours besides sessions.
        handles = dict(Member.objects.values_list("pk", "handle"))
        zone = state.timeline.terms_on(max(days)).time_zone
        taken = taken_by_week(handles, min(days), max(days), zone=zone, at=None)
        state.week_centi = {(handles[member], monday): hours for (member, monday), hours in taken.items()}
    named = orders(sheets)
    held = Session.objects.filter(engagement__reference__in=named).values_list("engagement__reference", "held_on")
    for reference, held_on in held:
        state.held_on.setdefault(reference, []).append(held_on)
    weighed = Weight.objects.filter(engagement__reference__in=named, weight__gt=0)
    state.weighed = set(weighed.values_list("engagement__reference", flat=True))


def _days(sheet: Sheet | None) -> list[date]:
    rows: Iterable[Any] = sheet.rows if sheet else ()
    return [row.day("held_on") for row in rows if row.has("held_on")]
