"""How a consulting line came about, in a sentence that whoever reads it can redo by hand."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from charter.rules import numbers
from journal import writing
from treasury.rules.explanations import number, plain
from treasury.rules.months import MonthTerms

Inputs = Mapping[str, Any]


def expert(inputs: Inputs, asset: str, amount_micro: int, terms: MonthTerms) -> str:
    """The expert's part of a session or of a fixed price; `inputs` as `selectors.lines` selects them."""
    facts = _facts(inputs)
    if "hours_centi" in inputs:
        sentence = _(
            "%(hours)s h on %(day)s × %(rate)s an hour = %(gross)s U, %(share)s of it to the expert"
            " (income.2.1, charter edition %(edition)s)"
        )
        return _after_refund(sentence % facts, inputs)
    if inputs["by"] == "weight":
        facts |= {"part": inputs["part"], "whole": inputs["whole"]}
        sentence = _(
            "%(share)s of the price of %(gross)s U = %(individuals)s U to the experts, %(part)s of %(whole)s of it"
            " by agreed weight (income.2.1, charter edition %(edition)s)"
        )
    else:
        facts |= {"part": _hours(inputs["part"]), "whole": _hours(inputs["whole"])}
        sentence = _(
            "%(share)s of the price of %(gross)s U = %(individuals)s U to the experts, %(part)s of %(whole)s of it"
            " by hours worked (income.2.1, charter edition %(edition)s)"
        )
    return _after_refund(_after_exit(sentence % facts, inputs), inputs)


def pool(inputs: Inputs, asset: str, amount_micro: int, terms: MonthTerms) -> str:
    """The pool's part of a session or of a fixed price, with what an exit entered later moved to it."""
    facts = _facts(inputs)
    if "hours_centi" in inputs:
        sentence = _(
            "%(hours)s h on %(day)s × %(rate)s an hour = %(gross)s U, %(rest)s of it to the pool = %(pool)s U"
            " (income.2.1, charter edition %(edition)s)"
        )
    else:
        sentence = _(
            "%(rest)s of the price of %(gross)s U to the pool = %(pool)s U (income.2.1, charter edition %(edition)s)"
        )
    text = sentence % facts
    if "late_micro" in inputs:
        text = _("%(sentence)s; with %(late)s U for work done after leaving, which is the pool’s (exit.1)") % {
            "sentence": text,
            "late": plain(int(inputs["late_micro"])),
        }
    return _after_refund(text, inputs)


def _facts(inputs: Inputs) -> dict[str, Any]:
    share = numbers.parse(inputs["share"])
    facts = {
        "gross": plain(int(inputs["gross_micro"])),
        "individuals": plain(int(inputs["individuals_micro"])),
        "pool": plain(int(inputs["pool_micro"])),
        "share": writing.share(share),
        "rest": writing.share(1 - share),
        "edition": inputs["edition"],
    }
    if "counted_off_micro" in inputs:
        off = int(inputs["counted_off_micro"])
        facts["gross"] = _("%(price)s − %(off)s refunded before = %(gross)s") % {
            "price": plain(int(inputs["gross_micro"]) + off),
            "off": plain(off),
            "gross": facts["gross"],
        }
    if "hours_centi" in inputs:
        facts["hours"] = _hours(inputs["hours_centi"])
        facts["rate"] = plain(int(inputs["rate_micro"]))
        facts["day"] = inputs["held_on"]
    return facts


def _hours(centi: int) -> str:
    return number(Fraction(int(centi), 100))


def _after_exit(sentence: str, inputs: Inputs) -> str:
    if "late_centi" not in inputs:
        return sentence
    return _(
        "%(sentence)s; of these %(part)s U the pool gets what falls on the %(late)s of %(own)s h after leaving (exit.1)"
    ) % {
        "sentence": sentence,
        "part": plain(int(inputs["share_micro"])),
        "late": _hours(inputs["late_centi"]),
        "own": _hours(inputs["own_centi"]),
    }


def _after_refund(sentence: str, inputs: Inputs) -> str:
    if "refunded_micro" not in inputs:
        return sentence
    return _("%(sentence)s; %(refunded)s U of it went back to the client before it was paid") % {
        "sentence": sentence,
        "refunded": plain(int(inputs["refunded_micro"])),
    }
