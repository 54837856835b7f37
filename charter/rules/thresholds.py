"""Thresholds as typed rules: `share>=2/3 of=all against=0 abstain=0 turnout>=0 everybody=no`."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from django.utils.translation import gettext as _

from charter.refusals import OutOfBounds, UnreadableValue
from charter.rules import numbers

Base = Literal["all", "cast"]
_TOKEN = re.compile(r"([a-z]+)(>=|<=|>|=)(\S+)")
_WEIGHT_MOST = 100
_CAP_MOST = 1_000_000


@dataclass(frozen=True)
class Tally:
    """Seats of the electorate and how they voted; an objection is a vote against."""

    seats: int
    in_favour: int
    against: int = 0
    abstained: int = 0

    @property
    def cast(self) -> int:
        """Seats that voted, abstentions included."""
        return self.in_favour + self.against + self.abstained


@dataclass(frozen=True)
class Threshold:
    """When a vote passes: `for − against × AGAINST − abstain × ABSTAIN` reaches a share of all or of the votes cast."""

    share: Fraction
    strict: bool = False
    of: Base = "all"
    against: Fraction = Fraction(0)
    abstain: Fraction = Fraction(0)
    against_most: int | None = None
    turnout: Fraction = Fraction(0)
    everybody: bool = False

    def met(self, tally: Tally) -> bool:
        """Whether the tally passes. Silence never does: without one vote in favour the answer is no."""
        if tally.in_favour == 0 or (self.everybody and tally.cast < tally.seats):
            return False
        if self.against_most is not None and tally.against > self.against_most:
            return False
        if tally.cast < self.turnout * tally.seats:
            return False
        figure = tally.in_favour - self.against * tally.against - self.abstain * tally.abstained
        needed = self.share * (tally.seats if self.of == "all" else tally.cast)
        return figure > needed if self.strict else figure >= needed

    @property
    def unanimous(self) -> bool:
        """Whether nothing but every seat in favour passes."""
        return self.share == 1 and self.of == "all" and not self.strict

    def written(self) -> str:
        """The full rule as text; `parse(rule.written()) == rule`."""
        cap = [] if self.against_most is None else [f"against<={self.against_most}"]
        return " ".join(
            [
                f"share{'>' if self.strict else '>='}{self.share}",
                f"of={self.of}",
                f"against={self.against}",
                *cap,
                f"abstain={self.abstain}",
                f"turnout>={self.turnout}",
                f"everybody={'yes' if self.everybody else 'no'}",
            ]
        )


UNANIMOUS = Threshold(share=Fraction(1), everybody=True)


def parse(text: str) -> Threshold:
    """The rule that a text says; UnreadableValue or OutOfBounds with the part that is wrong."""
    if text == "unanimous":
        return UNANIMOUS
    fields: dict[str, object] = {}
    for name, sign, value in _tokens(text):
        fields |= _READERS[name, sign](value)
    if "share" not in fields:
        raise UnreadableValue(_("“%(text)s” lacks its share. Begin with share>=2/3, for instance.") % {"text": text})
    threshold = Threshold(**fields)  # type: ignore[arg-type]
    if threshold.strict and threshold.share == 1:
        raise OutOfBounds(_("No vote can be more than all of them. Write share>=1 or unanimous."))
    return threshold


def canonical(text: str) -> str:
    """The same rule in the same order of parts, single spaces, numbers without trailing zeros."""
    parse(text)
    if text == "unanimous":
        return text
    return " ".join(
        f"{name}{sign}{value if name in ('of', 'everybody') else numbers.canonical(value)}"
        for name, sign, value in _tokens(text)
    )


def _tokens(text: str) -> list[tuple[str, str, str]]:
    tokens: list[tuple[str, str, str]] = []
    seen: set[tuple[str, bool]] = set()
    for part in text.split():
        match = _TOKEN.fullmatch(part)
        if match is None or (match[1], match[2]) not in _READERS:
            raise UnreadableValue(
                _("“%(part)s” is no part of a threshold. Write “unanimous” or parts like %(example)s.")
                % {"part": part, "example": "share>=2/3 of=all against=0 abstain=0 turnout>=0 everybody=no"}
            )
        # `against=1` (a weight) and `against<=2` (a cap) are two parts, `share>` and `share>=` are one.
        meaning = (match[1], match[2] == "<=")
        if meaning in seen:
            raise UnreadableValue(_("“%(part)s” stands there twice. Keep one of the two.") % {"part": match[1]})
        seen.add(meaning)
        tokens.append((match[1], match[2], match[3]))
    return tokens


def _bounded(text: str, most: int) -> Fraction:
    value = numbers.parse(text)
    if not 0 <= value <= most:
        raise OutOfBounds(_("%(text)s is not in [0, %(most)s].") % {"text": text, "most": most})
    return value


def _cap(text: str) -> int:
    value = _bounded(text, _CAP_MOST)
    if value.denominator != 1:
        raise UnreadableValue(_("%(text)s is not a whole number of votes.") % {"text": text})
    return value.numerator


def _word(text: str, *allowed: str) -> str:
    if text not in allowed:
        raise UnreadableValue(
            _("“%(text)s” is not one of: %(allowed)s.") % {"text": text, "allowed": ", ".join(allowed)}
        )
    return text


_READERS: dict[tuple[str, str], Callable[[str], dict[str, object]]] = {
    ("share", ">="): lambda text: {"share": _bounded(text, 1)},
    ("share", ">"): lambda text: {"share": _bounded(text, 1), "strict": True},
    ("of", "="): lambda text: {"of": _word(text, "all", "cast")},
    ("against", "="): lambda text: {"against": _bounded(text, _WEIGHT_MOST)},
    ("against", "<="): lambda text: {"against_most": _cap(text)},
    ("abstain", "="): lambda text: {"abstain": _bounded(text, _WEIGHT_MOST)},
    ("turnout", ">="): lambda text: {"turnout": _bounded(text, 1)},
    ("everybody", "="): lambda text: {"everybody": _word(text, "yes", "no") == "yes"},
}
