"""Kinds of settings: how a written value is read, bounded and brought into one writing."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext as _

from charter.refusals import OutOfBounds, UnreadableValue
from charter.rules import numbers, thresholds
from charter.rules.thresholds import Threshold

Kind = Literal[
    "money_per_hour",
    "money_per_month",
    "share",
    "rate",
    "hours_per_week",
    "days",
    "hours",
    "months",
    "quarters",
    "quarter_month",
    "weekday",
    "time_zone",
    "choice",
    "threshold",
]
Value = int | bool | Fraction | ZoneInfo | Threshold

MICRO = 1_000_000
CENTI = 100
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TEXT_MOST = 200
# Zero is outside: a week without hours or a token without worth switches a clause off instead of setting it.
_OPEN_AT_LEAST = frozenset({"hours_per_week", "rate"})
# Steps per unit in which the value is kept as a whole number.
_SCALES: dict[str, int] = {
    "money_per_hour": MICRO,
    "money_per_month": MICRO,
    "hours_per_week": CENTI,
    "days": 1,
    "hours": 1,
    "months": 1,
    "quarters": 1,
    "quarter_month": 1,
}


@dataclass(frozen=True)
class Bounds:
    """The least and the most a number may be; open where the least itself is excluded."""

    least: Fraction
    most: Fraction
    whole: bool = False
    open_least: bool = False

    def __str__(self) -> str:
        """`(0, 168]`, or `0..365` for whole numbers."""
        least, most = numbers.decimal(self.least), numbers.decimal(self.most)
        if self.whole:
            return f"{least}..{most}"
        return f"{'(' if self.open_least else '['}{least}, {most}]"

    def __contains__(self, value: Fraction) -> bool:
        return self.least <= value <= self.most and not (self.open_least and value == self.least)


def bounds(kind: Kind, least: str | None, most: str | None) -> Bounds | None:
    """The bounds of a kind of number from their written ends; None where a kind has none."""
    if least is None or most is None:
        return None
    return Bounds(numbers.parse(least), numbers.parse(most), _SCALES.get(kind) == 1, kind in _OPEN_AT_LEAST)


def parse(kind: Kind, text: str, limits: Bounds | None = None) -> Value:
    """A written value as what the program computes with.

    Money in micro-units, hours a week in hundredths, days, hours and months whole, shares and rates exact, a weekday as
    1 (Monday) to 7, choices as bool. Raises UnreadableValue or OutOfBounds.
    """
    if len(text) > TEXT_MOST:
        raise UnreadableValue(_("The value is too long. Keep it within %(most)s characters.") % {"most": TEXT_MOST})
    if reader := _WORDS.get(kind):
        return reader(text)
    value = numbers.parse(text)
    if limits is not None and value not in limits:
        raise OutOfBounds(_("%(text)s is not in %(bounds)s.") % {"text": text, "bounds": limits})
    scale = _SCALES.get(kind)
    if scale is None:
        return value
    steps = value * scale
    if steps.denominator != 1:
        raise UnreadableValue(_fineness(scale) % {"text": text})
    return steps.numerator


def canonical(kind: Kind, text: str) -> str:
    """The same value in the writing that is stored and exported; reads nothing it does not accept."""
    text = text.strip()
    if kind == "threshold":
        return thresholds.canonical(text)
    if kind == "weekday":
        return WEEKDAYS[_weekday(text) - 1]
    if kind in _WORDS:
        _WORDS[kind](text)
        return text
    return numbers.canonical(text)


def _fineness(scale: int) -> str:
    if scale == MICRO:
        return _("%(text)s has more than six decimals. Money has at most six.")
    if scale == CENTI:
        return _("%(text)s has more than two decimals. Hours have at most two.")
    return _("%(text)s is not a whole number.")


def _choice(text: str) -> bool:
    if text not in ("yes", "no"):
        raise UnreadableValue(_("“%(text)s” is neither yes nor no. Write one of the two.") % {"text": text})
    return text == "yes"


def _weekday(text: str) -> int:
    if text.capitalize() not in WEEKDAYS:
        raise UnreadableValue(_("“%(text)s” is not a day of the week. Write it like Sunday.") % {"text": text})
    return WEEKDAYS.index(text.capitalize()) + 1


@cache
def _zones() -> frozenset[str]:
    # "localtime" and "Factory" depend on the machine; a zone of the charter may not.
    return frozenset(available_timezones() - {"localtime", "Factory"})


def time_zone(text: str) -> ZoneInfo:
    """The zone of a name of the time zone database; UnreadableValue if it has none."""
    if text not in _zones():
        raise UnreadableValue(_("“%(text)s” is not a time zone. Write it like Asia/Shanghai.") % {"text": text})
    return ZoneInfo(text)


_WORDS: dict[str, Callable[[str], Value]] = {
    "choice": _choice,
    "weekday": _weekday,
    "time_zone": time_zone,
    "threshold": thresholds.parse,
}
