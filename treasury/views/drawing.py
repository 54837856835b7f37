"""From the treasury's figures to the parts of its first page: stats, bars, the sum beside the chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from journal import writing
from treasury.models import Account
from treasury.rules import wordings
from treasury.rules.amounts import E8_PER_MICRO
from treasury.rules.worth import written
from treasury.selectors.pages.overview import Flow, Overview

Segment = tuple[str, int, str]
Kind = Account.Kind
MOVES = 8
# The clause behind what went between the pool and an account of each kind.
CLAUSES: dict[str, str] = {
    Kind.DAO: "income.1.2",
    Kind.ESCROW: "income.2.1",
    Kind.PAYABLE: "income.1.2",
    Kind.OUTSIDE: "",
    Kind.RECEIVABLE: "income.2.1",
}


@dataclass(frozen=True)
class Item:
    """One kind of spending as a bar, values in 10⁻⁸ U."""

    name: str
    how: str
    granted_e8: int
    segments: Sequence[Segment]

    @property
    def used(self) -> str:
        """All but what is left."""
        return written(sum(value for tone, value, _name in self.segments if tone != "left"))

    @property
    def granted(self) -> str:
        """The budget."""
        return written(self.granted_e8)

    @property
    def whole(self) -> int:
        """What the bar's width stands for: more than the budget where more is used."""
        return max(self.granted_e8, sum(value for _tone, value, _name in self.segments))

    @property
    def cells(self) -> list[tuple[str, str]]:
        """(name, value) of the table's cells."""
        return [(name, written(value)) for _tone, value, name in self.segments]

    @property
    def label(self) -> str:
        """The bar in words."""
        return _("%(name)s: %(used)s of %(all)s used, %(left)s left") % {
            "name": self.name,
            "used": self.used,
            "all": self.granted,
            "left": written(self.segments[-1][1]),
        }


@dataclass(frozen=True)
class Budgets:
    """The quarter's budgets, and how much of the quarter has gone by."""

    items: Sequence[Item]
    days: int
    all_days: int

    @property
    def granted(self) -> str:
        """All budgets together."""
        return written(sum(item.granted_e8 for item in self.items))

    @property
    def mark(self) -> Decimal:
        """Today in percent of the bar's width."""
        return Decimal(self.days * 10_000 // self.all_days) / 100

    @property
    def percent(self) -> str:
        """The days gone by as a percentage."""
        return writing.share(Fraction(self.days * 100 // self.all_days, 100))

    @property
    def legend(self) -> list[tuple[str, str, str]]:
        """(tone, value, name) over all kinds."""
        sums: dict[tuple[str, str], int] = {}
        for item in self.items:
            for tone, value, name in item.segments:
                sums[tone, name] = sums.get((tone, name), 0) + value
        return [(tone, written(value), name) for (tone, name), value in sums.items()]


@dataclass(frozen=True)
class SumRow:
    """One row of the sum beside the chart."""

    text: str
    value: str
    note: str = ""
    clause: str = ""
    total: bool = False


@dataclass(frozen=True)
class Move:
    """What one event did to the pool, in words."""

    flow: Flow
    what: str
    clause: str

    @property
    def into(self) -> int | None:
        """What it put in."""
        return self.flow.amount_micro if self.flow.amount_micro > 0 else None

    @property
    def out(self) -> int | None:
        """What it took out, as a positive amount."""
        return -self.flow.amount_micro if self.flow.amount_micro < 0 else None


def figures(found: Overview) -> list[tuple[str, str, str]]:
    """The four figures on top."""
    owed = _u(found.holdings.owed_u)
    return [
        (_("Free after what is promised"), _u(found.free_micro), promised_months(found)),
        (
            _("In this quarter"),
            _u(found.came_in),
            _("%(grants)s budget, %(clients)s from clients")
            % {"grants": writing.amount(found.flow(Kind.DAO)), "clients": writing.amount(found.flow(Kind.ESCROW))},
        ),
        (_("Out this quarter"), _u(found.went_out), _lines(found.transfers(Kind.PAYABLE))),
        (
            _("Posted and not paid out yet"),
            owed,
            f"{writing.amount(found.holdings.owed_lxp)}{writing.SPACE}LXP",
        ),
    ]


def budgets(found: Overview) -> Budgets:
    """Stipends and POW as bars."""
    pot, stipends = found.pot, found.stipends
    granted = stipends.granted * E8_PER_MICRO
    posted, unposted = stipends.posted * E8_PER_MICRO, stipends.due * E8_PER_MICRO
    names = [name for _tone, _value, name in pot.segments]
    values = [posted, unposted, 0, max(0, granted - posted - unposted)]
    tones = [tone for tone, _value, _name in pot.segments]
    return Budgets(
        items=[
            Item(
                pgettext("budget", "Monthly stipends"),
                pgettext("budget", "the part in U; “approved” is what is due and not posted yet"),
                granted,
                list(zip(tones, values, names, strict=True)),
            ),
            Item(pgettext("budget", "POW hours"), pot.how, pot.granted_e8, pot.segments),
        ],
        days=(found.today - found.first_on).days + 1,
        all_days=(found.last_on - found.first_on).days + 1,
    )


def summed(found: Overview) -> list[SumRow]:
    """How the pool came from the quarter's beginning to today."""
    before = writing.day(found.first_on - timedelta(days=1), shape="plain_year")
    rows = [SumRow(_("On %(day)s") % {"day": before}, _u(found.opening_micro))]
    parts = [
        (Kind.DAO, _("Budget from the DAO"), "", "income.1.2"),
        (Kind.ESCROW, _("Pool’s share of consulting"), _lines(found.transfers(Kind.ESCROW)), "income.2.1"),
        (Kind.PAYABLE, _("Months’ runs"), _lines(found.transfers(Kind.PAYABLE)), "income.1.2"),
        (Kind.OUTSIDE, _("From outside"), "", ""),
    ]
    for kind, text, note, clause in parts:
        if found.transfers(kind):
            rows.append(SumRow(text, f"{writing.signed(found.flow(kind))}{writing.SPACE}U", note, clause))
    return [*rows, SumRow(_("Today"), _u(found.holdings.pool_u), total=True)]


def moves(found: Overview) -> list[Move]:
    """The newest events of the quarter, the last one first."""
    return [Move(flow, _what(flow), CLAUSES[flow.other]) for flow in found.flows[: -MOVES - 1 : -1]]


def _what(flow: Flow) -> str:
    if not flow.month:
        return wordings.what(flow.reference)
    words = {"month": wordings.month(flow.month), "lines": _lines(flow.transfers)}
    if flow.other == Kind.ESCROW:
        return _("Pool’s share of consulting, run over %(month)s, %(lines)s") % words
    return _("Run over %(month)s, %(lines)s") % words


def promised_months(found: Overview) -> str:
    """The months that something is promised for, in words."""
    names = [writing.day(month.first_on, shape="month") for month in found.promised_months]
    if len(names) == 2:
        return _("%(first)s and %(second)s") % {"first": names[0], "second": names[1]}
    return "".join(names)


def _lines(count: int) -> str:
    return ngettext("%(count)d line", "%(count)d lines", count) % {"count": count}


def _u(micro: int) -> str:
    return f"{writing.amount(micro)}{writing.SPACE}U"
