"""How a line came about, in a sentence that can be redone by hand."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from charter.rules.numbers import decimal, terminates
from journal.writing import share
from treasury.rules.amounts import MICRO
from treasury.rules.months import MonthTerms, Segment

Inputs = Mapping[str, Any]
PLUS = " + "


def member_stipend(inputs: Inputs, asset: str, amount_micro: int, terms: MonthTerms) -> str:
    """`31 of 31 days as member × 400 a month ÷ 31, 50 % in U (income.1.2.2, charter edition 1)`; a part per rate."""
    return PLUS.join(
        _stipend(_("member"), "income.1.2.2", *part, asset, terms) for part in _parts(inputs, terms, False, asset)
    )


def leader_stipend(inputs: Inputs, asset: str, amount_micro: int, terms: MonthTerms) -> str:
    """The same for the days of a leader's term (income.1.2.1)."""
    return PLUS.join(
        _stipend(_("leader"), "income.1.2.1", *part, asset, terms) for part in _parts(inputs, terms, True, asset)
    )


def pow_claim(inputs: Inputs, asset: str, amount_micro: int, terms: MonthTerms) -> str:
    """`1.5 h on 2026-08-29 × 60 an hour, 100 % in U (income.1.2.3, charter edition 1)`."""
    segment = terms.on(int(inputs["day"]))
    rate = plain(segment.pow_rate_micro)
    if segment.pow_flexible_micro:
        rate = f"({rate} + {plain(segment.pow_flexible_micro)})"
    return _("%(hours)s h on %(day)s × %(rate)s an hour, %(share)s (%(clause)s, charter edition %(edition)d)") % {
        "hours": number(Fraction(int(inputs["hours"]), 100)),
        "day": terms.month.day(int(inputs["day"])).isoformat(),
        "rate": rate,
        "share": in_asset(asset, segment.pow_lxp_share, segment.lxp_per_u),
        "clause": "income.1.2.3",
        "edition": segment.edition,
    }


def correction(sentence: str, inputs: Inputs) -> str:
    """What a correction adds to the sentence: what was posted before, what is owed now."""
    facts = {"was": plain(int(inputs["was"])), "now": plain(int(inputs["now"])), "sentence": sentence}
    if not sentence:
        return _("Correction: %(was)s was posted, nothing is owed any more.") % facts
    return _("Correction: %(now)s is owed, %(was)s was posted before. %(sentence)s") % facts


def in_asset(asset: str, lxp_share: Fraction, lxp_per_u: Fraction) -> str:
    """Which part is paid in the asset: `50 % in U`, `50 % in LXP at 1 LXP per U`."""
    if asset == "U":
        return _("%(share)s in U") % {"share": share(1 - lxp_share)}
    return _("%(share)s in LXP at %(rate)s LXP per U") % {"share": share(lxp_share), "rate": number(lxp_per_u)}


def plain(micro: int) -> str:
    """Micro-units as a plain number to calculate with, no thousands commas: `1200`, `61.37`."""
    return decimal(Fraction(micro, MICRO))


def number(value: Fraction) -> str:
    """An exact number: a decimal where it ends, else a fraction."""
    return decimal(value) if terminates(value) else f"{value.numerator}/{value.denominator}"


def _stipend(role: str, clause: str, days: int, segment: Segment, asset: str, terms: MonthTerms) -> str:
    return _(
        "%(days)d of %(all)d days as %(role)s × %(rate)s a month ÷ %(all)d, %(share)s"
        " (%(clause)s, charter edition %(edition)d)"
    ) % {
        "days": days,
        "all": terms.month.days,
        "role": role,
        "rate": plain(segment.stipend_micro(clause == "income.1.2.1")),
        "share": in_asset(asset, segment.lxp_share, segment.lxp_per_u),
        "clause": clause,
        "edition": segment.edition,
    }


def _parts(inputs: Inputs, terms: MonthTerms, leading: bool, asset: str) -> Iterable[tuple[int, Segment]]:
    """(days, values) in the order of days; neighbouring values that pay the same stipend are one part."""
    parts: list[tuple[int, Segment]] = []
    for segment in terms.segments:
        days = sum(
            max(0, min(segment.last, int(last)) - max(segment.first, int(first)) + 1) for first, last in inputs["days"]
        )
        if not days:
            continue
        if parts and _paid_by(parts[-1][1], leading, asset) == _paid_by(segment, leading, asset):
            before, earlier = parts.pop()
            parts.append((before + days, earlier))
        else:
            parts.append((days, segment))
    return parts


def _paid_by(segment: Segment, leading: bool, asset: str) -> tuple[object, ...]:
    """What a stipend in an asset hangs on."""
    return segment.stipend_micro(leading), segment.lxp_share, segment.lxp_per_u if asset == "LXP" else None
