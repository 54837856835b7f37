"""A month of payout lines: by person, with sums and seals, and how far its run is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby

from django.db import connection

from charter import selectors as charter
from journal.models import Job
from members.models import Member
from treasury.models import PayoutRun
from treasury.rules import wordings
from treasury.rules.months import Month
from treasury.selectors import due, payouts
from treasury.selectors.payouts import Line, Sum

# Payees on a page, and in a piece of a file.
PAYEES = 100
PIECE = 1000


class State(StrEnum):
    """Where a month stands."""

    AHEAD = "ahead"
    READY = "ready"
    RUNNING = "running"
    DONE = "done"


@dataclass(frozen=True)
class Shown:
    """A line in words; `claim` is the reference of the POW claim behind it."""

    line: Line
    what: str
    claim: str


@dataclass(frozen=True)
class Person:
    """A payee's lines of a month; `handle` is `pool` for the group's."""

    handle: str
    name: str
    lines: Sequence[Shown]

    @property
    def u_micro(self) -> int:
        """What they come to in U."""
        return payouts.total(shown.line for shown in self.lines)["U"]

    @property
    def lxp_micro(self) -> int:
        """What they come to in LXP."""
        return payouts.total(shown.line for shown in self.lines)["LXP"]

    @property
    def open(self) -> int:
        """How many are not posted yet."""
        return sum(not shown.line.posted for shown in self.lines)


@dataclass(frozen=True)
class Progress:
    """A run with the job that posts it."""

    run: PayoutRun
    job: Job | None

    @property
    def finished(self) -> bool:
        """Whether all its lines are in."""
        return self.run.completed_at is not None


@dataclass(frozen=True)
class Sums:
    """What was posted and what a run would post now."""

    posted: Sum
    due: Sum

    @property
    def u_micro(self) -> int:
        """Both together in U."""
        return self.posted.u_micro + self.due.u_micro

    @property
    def lxp_micro(self) -> int:
        """Both together in LXP."""
        return self.posted.lxp_micro + self.due.lxp_micro

    @property
    def lines(self) -> int:
        """Lines of both."""
        return self.posted.lines + self.due.lines


@dataclass(frozen=True)
class Whole:
    """A month's page: one span of payees, the sums of all of them, the runs."""

    month: Month
    state: State
    people: Sequence[Person]
    sums: Sums
    runs: Sequence[PayoutRun]
    progress: Progress | None
    after: str
    further: str

    @property
    def name(self) -> str:
        """`October 2026`."""
        return wordings.month(str(self.month))


def exists(month: Month, today: date) -> bool:
    """Whether the group has that month: from its founding to the running one."""
    if not charter.founded():
        return False
    return Month.of(charter.group().founded_on) <= month <= Month.of(today)


def whole(month: Month, today: date, after: str = due.FIRST) -> Whole:
    """A month, with the lines of the payees that follow `after` in byte order."""
    names, upto, further = span(after)
    sums, runs = sums_of(month), payouts.runs(str(month))
    progress = progress_of(runs)
    return Whole(
        month=month,
        state=state(month, today, progress, sums.due.lines),
        people=people(payouts.lines(str(month), after=after, upto=upto), names),
        sums=sums,
        runs=runs,
        progress=progress,
        after=after,
        further=further,
    )


def state(month: Month, today: date, progress: Progress | None, lines_due: int) -> State:
    """Running while a run is open; after the last day ready as long as lines are due."""
    if progress is not None and not progress.finished:
        return State.RUNNING
    if today <= month.last_on:
        return State.AHEAD
    return State.READY if lines_due else State.DONE


def span(after: str) -> tuple[dict[str, str], str, str]:
    """(names by handle of the next payees, the last of them, that again if more follow); one query."""
    rows = list(Member.objects.filter(handle__gt=after).order_by("handle").values_list("handle", "name")[: PAYEES + 1])
    names = dict(rows[:PAYEES])
    if len(rows) <= PAYEES:
        return names, due.LAST, ""
    return names, rows[PAYEES - 1][0], rows[PAYEES - 1][0]


def people(lines: Sequence[Line], names: dict[str, str]) -> list[Person]:
    """The lines by payee in byte order, each person's by kind and reference, a correction behind what it corrects."""
    ordered = sorted(lines, key=lambda line: (line.payee.encode(), line.kind, line.base.encode(), line.correction))
    return [
        Person(handle, names.get(handle, handle), tuple(_shown(line) for line in found))
        for handle, found in groupby(ordered, key=lambda line: line.payee)
    ]


def _shown(line: Line) -> Shown:
    claim = line.base.split("/")[1] if line.kind == "pow" else ""
    return Shown(line, wordings.what(line.reference), claim)


def progress_of(runs: Sequence[PayoutRun]) -> Progress | None:
    """The newest run, with its job."""
    return Progress(runs[-1], payouts.job_of(runs[-1])) if runs else None


def sums_of(month: Month) -> Sums:
    """What was posted of the month, and what is due."""
    return Sums(posted=posted_sum(month), due=payouts.sum_up(payouts.terms_of(month)))


def posted_sum(month: Month) -> Sum:
    """The month's posted lines as sums and a seal, which is made as that of lines that are due."""
    with connection.cursor() as cursor:
        cursor.execute(_POSTED, {"month": str(month)})
        return Sum(*cursor.fetchone())


def pieces(month: Month) -> Iterator[list[Line]]:
    """All lines of a month, so many payees at a time, in byte order; within a piece by reference."""
    after = due.FIRST
    while True:
        handles = list(
            Member.objects.filter(handle__gt=after).order_by("handle").values_list("handle", flat=True)[:PIECE]
        )
        upto = handles[-1] if len(handles) == PIECE else due.LAST
        yield payouts.lines(str(month), after=after, upto=upto)
        if upto == due.LAST:
            return
        after = upto


_POSTED = f"""
SELECT {due.SUMS},
       encode(sha256(coalesce(string_agg(sha256(convert_to({due.TEXT}, 'UTF8')), ''::bytea ORDER BY reference),
                              ''::bytea)), 'hex')
FROM treasury_payoutline WHERE month = %(month)s
"""  # noqa: S608
