"""What makes an engagement and a session acceptable to the record (income.2.2, income.2.3, exit.1)."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from charter.rules.terms import Terms
from consulting.refusals import (
    AcceptedBeforeOpening,
    AfterLeaving,
    BeforeJoining,
    HeldAfterAcceptance,
    HoursOutOfBounds,
    MalformedReference,
    NoBasis,
    PriceMissing,
    PriceUnexpected,
    RateMissing,
    RateOutOfBounds,
    RateUnexpected,
    WeightsUnexpected,
    WeightUnreadable,
)
from journal import writing

REFERENCE = re.compile(r"[A-Za-z0-9._-]{1,40}")
DAY_CENTI = 2400
WEIGHT_MOST = 1_000_000
FIXED = "fixed"

Period = tuple[date, date | None]


def check_reference(reference: str) -> None:
    """MalformedReference unless it is `[A-Za-z0-9._-]{1,40}`."""
    if not REFERENCE.fullmatch(reference):
        raise MalformedReference


def check_price(pricing: str, price_micro: int | None) -> None:
    """A fixed price has one above zero, work by the hour has none."""
    if pricing == FIXED and (price_micro is None or price_micro <= 0):
        raise PriceMissing
    if pricing != FIXED and price_micro is not None:
        raise PriceUnexpected


def check_hours(hours_centi: int) -> None:
    """HoursOutOfBounds outside (0, 24]."""
    if not 0 < hours_centi <= DAY_CENTI:
        raise HoursOutOfBounds


def check_rate(pricing: str, rate_micro: int | None, terms: Terms) -> None:
    """By the hour: a rate within the bounds of `terms`, the charter of the day of the session. Fixed: none."""
    if pricing == FIXED:
        if rate_micro is not None:
            raise RateUnexpected
        return
    if rate_micro is None:
        raise RateMissing
    if not terms.rate_min_micro <= rate_micro <= terms.rate_max_micro:
        raise RateOutOfBounds(
            _("%(rate)s U an hour is not between %(least)s and %(most)s U, which the charter set for that day.")
            % {
                "rate": writing.amount(rate_micro),
                "least": writing.amount(terms.rate_min_micro),
                "most": writing.amount(terms.rate_max_micro),
            }
        )


def check_membership(periods: Sequence[Period], day: date) -> None:
    """BeforeJoining or AfterLeaving unless a period (joined_on, exited_on) covers the day, both ends included."""
    if any(joined <= day and (exited is None or day <= exited) for joined, exited in periods):
        return
    left = max((exited for joined, exited in periods if joined <= day and exited is not None), default=None)
    if left is None:
        joined = min((joined for joined, _exited in periods), default=None)
        raise BeforeJoining(
            _("The person was no member on %(day)s yet; they joined on %(joined)s.")
            % {"day": day.isoformat(), "joined": joined.isoformat() if joined else "–"}
        )
    raise AfterLeaving(
        _("The person was no member on %(day)s any more; they left on %(left)s.")
        % {"day": day.isoformat(), "left": left.isoformat()}
    )


def accepted_already(reference: str, accepted_on: date) -> str:
    """Why nothing can be added to an engagement that the client accepted."""
    return _("%(reference)s was accepted on %(day)s; nothing can be added to it or changed.") % {
        "reference": reference,
        "day": accepted_on.isoformat(),
    }


def check_weights(pricing: str, weights: Mapping[str, int]) -> None:
    """Whole numbers from 0 on, at least one above 0, and only for a fixed price; none at all is fine."""
    if not weights:
        return
    if pricing != FIXED:
        raise WeightsUnexpected
    if any(not 0 <= weight <= WEIGHT_MOST for weight in weights.values()) or not any(weights.values()):
        raise WeightUnreadable


def check_closing(accepted_on: date, last_on: date | None) -> None:
    """HeldAfterAcceptance where a unit was accepted after the day on which the whole would be."""
    if last_on is not None and last_on > accepted_on:
        raise HeldAfterAcceptance(
            _("Something of this was accepted on %(last)s already. The whole is accepted on that day or later.")
            % {"last": last_on.isoformat()}
        )


def check_acceptance(
    *,
    pricing: str,
    opened_on: date,
    accepted_on: date,
    held_on: Sequence[date],
    weights: Mapping[str, int],
    owed: bool = True,
) -> None:
    """Whether an engagement, or a unit of it, with sessions on these days may be accepted on a day.

    Where nothing of it is `owed` any more, because all was refunded, nobody's part is asked for.
    """
    if accepted_on < opened_on:
        raise AcceptedBeforeOpening(
            _("The engagement began on %(opened)s; it cannot be accepted on %(accepted)s.")
            % {"opened": opened_on.isoformat(), "accepted": accepted_on.isoformat()}
        )
    last = max(held_on, default=None)
    if last is not None and last > accepted_on:
        raise HeldAfterAcceptance(
            _("A session was held on %(held)s, after the acceptance on %(accepted)s. Accept on that day or later.")
            % {"held": last.isoformat(), "accepted": accepted_on.isoformat()}
        )
    if owed and pricing == FIXED and not held_on and not any(weights.values()):
        raise NoBasis
