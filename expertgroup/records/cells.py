"""Single cells: how each kind is read, and how it is written again.

A reader takes the text of a cell and returns a value or raises UnreadableCell with the reason; the writer's text is
read back as the same value. Money is kept in micro-units, hours in hundredths.
"""

import re
from collections.abc import Callable
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from charter.rules import quarters
from consulting.rules.orders import REFERENCE
from journal.refusals import Refusal
from members.rules import handles, wallets
from treasury.rules import budgets, claims

Value = str | int | date | None
Reader = Callable[[str], Value]

NUMBER = re.compile(r"-?[0-9]{1,40}(?:\.([0-9]{1,40}))?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MICRO, CENTI, WHOLE = 6, 2, 0
# A billion U: far beyond any engagement, and every sum and product with hours still fits the database's integers.
MOST = 10**9
HOURS_MOST_CENTI = 2400
# What a spreadsheet would take for a formula, and the sign that keeps it from doing so.
GUARD = "'"
GUARDED = ("=", "+", "-", "@", "'", "\t", "\r")


class UnreadableCell(Exception):
    """A cell that is not what its column holds; the message is the reason."""


def guard(text: str) -> str:
    """A text cell as it is written: with a leading `'` where a spreadsheet would read a formula."""
    return GUARD + text if text.startswith(GUARDED) else text


def unguard(text: str) -> str:
    """The text of a written cell; a leading `'` falls away where `guard` would have set it."""
    return text[1:] if text.startswith(GUARD) and text[1:].startswith(GUARDED) else text


def text(most: int) -> Reader:
    """Any text of at most so many characters."""

    def read(cell: str) -> str:
        cell = unguard(cell)
        if len(cell) > most:
            raise UnreadableCell(
                _("%(count)s characters are too many; at most %(most)s fit") % {"count": len(cell), "most": most}
            )
        return cell

    return read


def needed(reader: Reader) -> Reader:
    """The same, but never empty."""

    def read(cell: str) -> Value:
        if not cell:
            raise UnreadableCell(_("is empty"))
        return reader(cell)

    return read


def optional(reader: Reader) -> Reader:
    """The same, or None for an empty cell."""

    def read(cell: str) -> Value:
        return reader(cell) if cell else None

    return read


def day(cell: str) -> date:
    """`2026-08-31`."""
    try:
        if DAY.fullmatch(cell):
            return date.fromisoformat(cell)
    except ValueError:
        pass
    raise UnreadableCell(_("“%(cell)s” is not a date; write it like 2026-08-31") % {"cell": cell})


def number(cell: str, places: int) -> int:
    """A decimal in whole steps of 10^-places; `NaN`, exponents and a decimal comma are none."""
    match = NUMBER.fullmatch(cell)
    if match is None:
        raise UnreadableCell(_("“%(cell)s” is not a number") % {"cell": cell})
    decimals = (match[1] or "").rstrip("0")
    if len(decimals) > places:
        raise UnreadableCell(_TOO_FINE[places]() % {"cell": cell})
    whole, _point, _rest = cell.partition(".")
    return int(whole + decimals.ljust(places, "0"))


_TOO_FINE: dict[int, Callable[[], str]] = {
    MICRO: lambda: _("%(cell)s has more than six decimals"),
    CENTI: lambda: _("%(cell)s has more than two decimals"),
    WHOLE: lambda: _("%(cell)s is not a whole number"),
}


def money(cell: str) -> int:
    """An amount of U from 0 on, in micro-units."""
    return _within(cell, number(cell, MICRO), 0, MOST * 10**MICRO, f"[0, {MOST})")


def hours(cell: str) -> int:
    """Hours of one claim or session, in (0, 24], in hundredths."""
    return _within(cell, number(cell, CENTI), 1, HOURS_MOST_CENTI + 1, "(0, 24]")


def granted(cell: str) -> int:
    """What a quarter was granted, in micro-units of U."""
    most = budgets.MICRO_MOST
    return _within(cell, number(cell, MICRO), 0, most + 1, f"[0, {most // 10**MICRO}]")


def hours_per_head(cell: str) -> int:
    """Planned hours of one member in a quarter, in hundredths."""
    most = budgets.HOURS_CENTI_MOST
    return _within(cell, number(cell, CENTI), 0, most + 1, f"[0, {most // 10**CENTI}]")


def heads(cell: str) -> int:
    """How many people."""
    return _within(cell, number(cell, WHOLE), 0, budgets.HEADCOUNT_MOST + 1, f"[0, {budgets.HEADCOUNT_MOST}]")


def _within(cell: str, value: int, least: int, below: int, bounds: str) -> int:
    if not least <= value < below:
        raise UnreadableCell(_("%(cell)s is not in %(bounds)s") % {"cell": cell, "bounds": bounds})
    return value


def handle(cell: str) -> str:
    """A member's handle."""
    try:
        return handles.check(unguard(cell))
    except Refusal as refusal:
        raise UnreadableCell(
            _("“%(cell)s” is not a handle: %(reason)s") % {"cell": unguard(cell), "reason": refusal}
        ) from refusal


def reference(cell: str) -> str:
    """A reference of a claim, an engagement or a session."""
    cell = unguard(cell)
    if not REFERENCE.fullmatch(cell):
        raise UnreadableCell(
            _("“%(cell)s” is not a reference: 1 to 40 letters, digits, dots, hyphens or underscores") % {"cell": cell}
        )
    return cell


def wallet(cell: str) -> str:
    """A wallet address; in mixed case its EIP-55 checksum has to be right."""
    try:
        return wallets.check(unguard(cell))
    except Refusal as refusal:
        raise UnreadableCell(
            _("“%(cell)s” is not a wallet address: 0x and 40 hexadecimal digits, in mixed case with a right checksum")
            % {"cell": unguard(cell)}
        ) from refusal


def email(cell: str) -> str:
    """An e-mail address, or nothing."""
    cell = unguard(cell)
    if cell:
        try:
            validate_email(cell)
        except ValidationError as wrong:
            raise UnreadableCell(_("“%(cell)s” is not an e-mail address") % {"cell": cell}) from wrong
    return text(254)(cell)  # type: ignore[return-value]


def link(cell: str) -> str:
    """An http or https address, or nothing."""
    cell = str(text(claims.EVIDENCE_MOST)(cell))
    try:
        # Spaces around it would not come out again as they came in.
        sound = claims.evidence(cell) == cell
    except Refusal:
        sound = False
    if not sound:
        raise UnreadableCell(_("“%(cell)s” is not an http or https link") % {"cell": cell})
    return cell


def quarter(cell: str) -> str:
    """`2026-Q3`."""
    try:
        return str(quarters.parse(cell))
    except Refusal as refusal:
        raise UnreadableCell(str(refusal)) from refusal


def choice(*words: str) -> Reader:
    """One of a few words."""

    def read(cell: str) -> str:
        if cell not in words:
            raise UnreadableCell(_("“%(cell)s” is not one of: %(words)s") % {"cell": cell, "words": ", ".join(words)})
        return cell

    return read


def write_text(value: Value) -> str:
    """A text cell, guarded."""
    return guard(str(value or ""))


def write_day(value: Value) -> str:
    """A date, or an empty cell."""
    return value.isoformat() if isinstance(value, date) else ""


def writer(places: int) -> Callable[[Value], str]:
    """Writes whole steps of 10^-places as a decimal without trailing zeros; None as an empty cell."""

    def write(value: Value) -> str:
        if value is None:
            return ""
        assert isinstance(value, int), "a number column holds whole steps"
        whole, rest = divmod(abs(value), 10**places)
        decimals = f"{rest:0{places}d}".rstrip("0") if rest else ""
        return f"{'-' if value < 0 else ''}{whole}{'.' if decimals else ''}{decimals}"

    return write
