"""Numbers as the charter writes them: a decimal (415.5), a percentage (81%) or a fraction (2/3), always exact."""

import re
from fractions import Fraction

from django.utils.translation import gettext as _

from charter.refusals import UnreadableValue

# The lengths keep hostile input from costing time; nothing a group pays or counts comes near them.
_DECIMAL = re.compile(r"(-?)([0-9]{1,15})(?:\.([0-9]{1,18}))?(%?)")
_FRACTION = re.compile(r"(-?[0-9]{1,12})/([0-9]{1,12})")


def parse(text: str) -> Fraction:
    """The exact value of a written number; UnreadableValue if it is none (NaN, exponents and 1/0 are none)."""
    if (match := _FRACTION.fullmatch(text)) and int(match[2]):
        return Fraction(int(match[1]), int(match[2]))
    if match := _DECIMAL.fullmatch(text):
        sign, whole, decimals, percent = match.groups()
        value = Fraction(f"{sign}{whole}.{decimals or '0'}")
        return value / 100 if percent else value
    raise UnreadableValue(
        _("%(text)s is not a number. Write a decimal (415.5), a percentage (81%%) or a fraction (2/3).")
        % {"text": text or "“”"}
    )


def canonical(text: str) -> str:
    """The same number in the same writing, without trailing or leading zeros; a fraction in lowest terms."""
    value = parse(text)
    if "/" in text:
        return f"{value.numerator}/{value.denominator}" if value.denominator > 1 else str(value.numerator)
    return decimal(value * 100) + "%" if text.endswith("%") else decimal(value)


def decimal(value: Fraction) -> str:
    """A terminating fraction as a plain decimal without trailing zeros; ValueError if it does not terminate."""
    numerator, denominator, places = value.numerator, value.denominator, 0
    while denominator % 10 == 0 or denominator % 5 == 0 or denominator % 2 == 0:
        # Each round clears one decimal place: multiply by ten and reduce.
        step = Fraction(numerator * 10, denominator)
        numerator, denominator, places = step.numerator, step.denominator, places + 1
    if denominator != 1:
        raise ValueError(f"{value} has no end as a decimal")
    digits = str(abs(numerator)).rjust(places + 1, "0")
    text = f"{digits[: len(digits) - places]}.{digits[len(digits) - places :]}" if places else digits
    return f"-{text}" if numerator < 0 else text


def terminates(value: Fraction) -> bool:
    """Whether the value can be written as a decimal at all."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1
