"""Records in: read every file, judge every row, then write all of it in one transaction or nothing."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from accounts.services.people import user_for_email
from charter import selectors as charter
from charter.rules import kinds
from charter.services import editions
from expertgroup.records import loading, reading, tables
from expertgroup.records.applying import claims, people, work
from expertgroup.records.checking import FilePlan, Plan, check
from expertgroup.records.checking.charter import by_day
from expertgroup.records.checking.state import State
from expertgroup.records.problems import Problems, RecordsRefused
from expertgroup.records.reading import Row
from expertgroup.records.tables import TABLES, Table
from journal.hashing import digest
from journal.services import entries
from members.selectors.people import treasurers_on
from members.services.terms import appoint_treasurer
from treasury.services import budgets

ACTOR = "import"
GROUP = "Technical Expert Group"


class NoRecords(Exception):
    """A directory without any of the seven files."""


@dataclass(frozen=True)
class Imported:
    """What one file brought: how many records are new, how many took a step forward."""

    file: str
    new: int
    changed: int


def import_records(
    directory: Path, *, at: datetime, group: str = GROUP, time_zone: str | None = None, treasurer: str = ""
) -> list[Imported]:
    """Brings a directory of records in, whole or not at all; the same directory again changes nothing.

    A database without a group gets one first, of this name and in this time zone (edition 1's if none is named).
    `treasurer` is the address of who keeps the treasury from today on, if they do not yet. Raises RecordsRefused with
    every problem, NoRecords, UnreadableValue for a zone that is none, NoAddress.
    """
    if time_zone is not None:
        kinds.time_zone(time_zone)
    problems = Problems()
    sheets = reading.read(directory, problems)
    if not sheets:
        raise NoRecords
    with transaction.atomic():
        loading.lock(sheets)
        state = loading.load(sheets, time_zone)
        plan = check(sheets, state, problems)
        if len(problems):
            raise RecordsRefused(problems.ordered([table.file for table in TABLES]))
        if not charter.founded():
            editions.found(name=group, time_zone=time_zone, founded_on=_first_day(plan, at, state), by=ACTOR, at=at)
        _apply(plan, state, at)
        _note(plan, at)
        if treasurer:
            _appoint(treasurer, at)
    return [
        Imported(table.file, len(part.new), len(part.changed)) for table, part in _parts(plan) if table.file in sheets
    ]


def _apply(plan: Plan, state: State, at: datetime) -> None:
    for effective_on, rows in by_day(plan.charter.new).items():
        changes = {row.text("key"): row.text("value") for row in rows}
        editions.amend(changes=changes, effective_on=effective_on, act=ACTOR, by=ACTOR, at=at)
    people.apply_members(plan.members, at)
    people.apply_leaders(plan.leaders)
    for row in plan.budgets.new:
        budgets.grant(
            quarter=row.text("quarter"),
            headcount=row.number("headcount"),
            hours_per_head_centi=row.number("hours_per_head"),
            pow_micro=row.number("pow_u"),
            stipend_micro=0,
            by=ACTOR,
            at=at,
        )
    claims.apply_claims(plan.claims, state, at)
    work.apply_engagements(plan.engagements, at)
    work.apply_sessions(plan.sessions)
    work.accept(plan.engagements, state.timeline, ACTOR, at)


def _appoint(email: str, at: datetime) -> None:
    """No file names the treasurer, and without one nobody could go on."""
    user, today = user_for_email(email, at=at), charter.today(at)
    if not treasurers_on(today).filter(pk=user.pk).exists():
        appoint_treasurer(user=user, starts_on=today, decided_by=ACTOR, by=ACTOR, at=at)


def _first_day(plan: Plan, at: datetime, state: State) -> date:
    """The group is as old as its first member."""
    return min((row.day("joined_on") for row in plan.members.new), default=state.timeline.day_of(at))


def _note(plan: Plan, at: datetime) -> None:
    """One entry for each file that changed something: how much, and the digest of it."""
    for table, part in _parts(plan):
        if not part.empty:
            data = {
                "new": len(part.new),
                "changed": len(part.changed),
                "digest": digest("records", [public_cells(table, row) for row in (*part.new, *part.changed)]),
            }
            entries.append(actor=ACTOR, verb="records.import", subject=f"records/{table.file}", data=data, at=at)


def public_cells(table: Table, row: Row) -> list[str]:
    """The cells that are nobody's to erase: names, addresses and free text are left out."""
    return [column.write(row.cells[column.name]) for column in table.columns if not column.personal]


def _parts(plan: Plan) -> list[tuple[Table, FilePlan]]:
    return [
        (tables.CHARTER, plan.charter),
        (tables.MEMBERS, plan.members),
        (tables.LEADERS, plan.leaders),
        (tables.BUDGETS, plan.budgets),
        (tables.CLAIMS, plan.claims),
        (tables.ENGAGEMENTS, plan.engagements),
        (tables.SESSIONS, plan.sessions),
    ]
