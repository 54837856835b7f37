"""A month's lines: posted, corrected, not yet posted; sums; runs and their progress."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from charter import selectors as charter
from journal.models import Job
from treasury.models import PayoutRun
from treasury.registry import kinds
from treasury.rules import explanations
from treasury.rules.months import Month, MonthTerms
from treasury.selectors import due


@dataclass(frozen=True)
class Line:
    """One line of a month. `run` is the number of the run that posted it, None while it is not posted."""

    reference: str
    base: str
    correction: int
    kind: str
    payee: str
    asset: str
    amount_micro: int
    clause: str
    inputs: dict[str, Any]
    run: int | None
    terms: MonthTerms

    @property
    def posted(self) -> bool:
        """Whether it stands in the ledger."""
        return self.run is not None

    @property
    def explanation(self) -> str:
        """How it came about, in the language that is active."""
        vanished = self.correction > 1 and not self.inputs.get("now")
        sentence = "" if vanished else kinds[self.kind].explain(self.inputs, self.asset, self.amount_micro, self.terms)
        return explanations.correction(sentence, self.inputs) if self.correction > 1 else sentence


@dataclass(frozen=True)
class Sum:
    """What lines come to, in micro-units, and the digest of exactly these lines."""

    lines: int
    u_micro: int
    lxp_micro: int
    seal: str


def terms_of(month: Month) -> MonthTerms:
    """The charter's values on each day of a month, as they stand now."""
    return MonthTerms.of(month, charter.periods(month.first_on, month.last_on))


def lines(month: str, *, after: str = due.FIRST, upto: str = due.LAST) -> list[Line]:
    """The month's posted lines and corrections by reference, then those not yet posted; of a span of payees."""
    return [*posted(month, after=after, upto=upto), *preview(month, after=after, upto=upto)]


def posted(month: str, *, after: str = due.FIRST, upto: str = due.LAST) -> list[Line]:
    """What runs over the month have posted, by reference in byte order; two queries."""
    runs = {run.pk: (run.number, MonthTerms.from_json(run.terms)) for run in PayoutRun.objects.filter(month=month)}
    rows = _fetch(_POSTED, {"month": month, "after": after, "upto": upto})
    return [_line(row, *runs[row[-1]]) for row in rows]


def preview(month: str, *, after: str = due.FIRST, upto: str = due.LAST) -> list[Line]:
    """What a run over the month would post now, by reference in byte order."""
    terms = terms_of(Month.parse(month))
    rows = _fetch(due.relations(terms) + _CHANGES, due.parameters(terms, after=after, upto=upto))
    return [_line(row, None, terms) for row in rows]


def sum_up(terms: MonthTerms) -> Sum:
    """What a run over the month would post now, as sums and a seal."""
    rows = _fetch(due.relations(terms) + _SUM_UP, due.parameters(terms))
    return Sum(*rows[0])


def total(found: Iterable[Line]) -> dict[str, int]:
    """The sum of lines per asset, in micro-units."""
    sums = {"U": 0, "LXP": 0}
    for line in found:
        sums[line.asset] += line.amount_micro
    return sums


def runs(month: str) -> Sequence[PayoutRun]:
    """The runs over a month, oldest first."""
    return list(PayoutRun.objects.filter(month=month).order_by("number"))


def job_of(run: PayoutRun) -> Job | None:
    """The job that posts a run."""
    return Job.objects.filter(kind="payouts.month", key=f"{run.month}/{run.number}").first()


# The seal of a month: SHA-256 over the digests of its lines, so that no text grows with the month.
_SUM_UP = f"""
SELECT {due.SUMS},
       encode(sha256(coalesce(
         string_agg(sha256(convert_to({due.TEXT}, 'UTF8')), ''::bytea ORDER BY reference), ''::bytea)), 'hex')
FROM changes
"""  # noqa: S608
_COLUMNS = "reference, base, correction, kind, payee, asset, amount_micro, clause, inputs"
_CHANGES = f"\nSELECT {_COLUMNS} FROM changes ORDER BY reference"
_POSTED = f"""
SELECT {_COLUMNS}, run_id FROM treasury_payoutline
WHERE month = %(month)s AND payee > %(after)s AND payee <= %(upto)s ORDER BY reference
"""  # noqa: S608


def _line(row: Sequence[Any], run: int | None, terms: MonthTerms) -> Line:
    facts: dict[str, Any] = dict(zip(_COLUMNS.split(", "), row, strict=False))
    return Line(**facts | {"inputs": json.loads(facts["inputs"])}, run=run, terms=terms)


def _fetch(statement: str, parameters: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
