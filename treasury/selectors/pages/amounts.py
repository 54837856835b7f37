"""What typed hours come to, before anything is stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from charter.rules.terms import Timeline
from treasury.rules import worth
from treasury.rules.worth import Worth


@dataclass(frozen=True)
class Amount:
    """Hours (hundredths) times the rate of the day."""

    hours_centi: int
    rate_micro: int
    worth: Worth


def amount(typed: Mapping[str, Any], timeline: Timeline) -> Amount | None:
    """Of a form's fields `worked_on` and `hours`, as far as they could be read."""
    day, hours = typed.get("worked_on"), typed.get("hours")
    if not (isinstance(day, date) and isinstance(hours, int)):
        return None
    terms = timeline.terms_on(day)
    return Amount(hours, terms.pow_hourly_rate_micro + terms.pow_flexible_rate_micro, worth.of(hours, terms))
