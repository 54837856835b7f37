"""Quotes: what an offer must say, how far a quote is, and the text that stands for it when it is signed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from consulting.models import Quote
from consulting.refusals.billing import AmountTooLarge
from consulting.refusals.quotes import (
    NoExperts,
    OfferIncomplete,
    ReserveIncomplete,
    TooManyMilestones,
    ValidityOutOfBounds,
)
from consulting.rules.billing import MOST_MICRO
from consulting.rules.orders import WEIGHT_MOST
from journal import writing
from journal.hashing import digest

State = Literal["unproved", "asked", "sent", "expired", "accepted", "declined"]
MILESTONES_MOST = 20
VALID_MOST = 90
WEEKLY_MOST = 4000
WEEKS_MOST = 52


@dataclass(frozen=True)
class Part:
    """A milestone: delivered, accepted and paid by itself."""

    title: str
    price_micro: int
    criteria: str = ""
    due_on: date | None = None


@dataclass(frozen=True)
class Offer:
    """What an expert writes: who shares by which weight (handles), and the hours that the first one keeps free."""

    title: str
    scope: str
    parts: Sequence[Part]
    weights: Mapping[str, int]
    valid_days: int = 30
    weekly_centi: int | None = None
    first_monday: date | None = None
    weeks: int | None = None

    @property
    def price_micro(self) -> int:
        """What all of it costs."""
        return sum(part.price_micro for part in self.parts)


@dataclass(frozen=True)
class Signed:
    """A wallet's signature of `message_of`, and the address that is said to have signed."""

    address: str
    signature: str = field(repr=False)


def check(offer: Offer, author: str) -> None:
    """OfferIncomplete, TooManyMilestones, AmountTooLarge, NoExperts, ValidityOutOfBounds, ReserveIncomplete."""
    titles = [offer.title, offer.scope, *(part.title for part in offer.parts)]
    if not offer.parts or not all(title.strip() for title in titles) or min(p.price_micro for p in offer.parts) <= 0:
        raise OfferIncomplete
    if len(offer.parts) > MILESTONES_MOST:
        raise TooManyMilestones
    if offer.price_micro > MOST_MICRO:
        raise AmountTooLarge
    weights = offer.weights
    if not any(weights.values()) or not all(0 <= weight <= WEIGHT_MOST for weight in weights.values()):
        raise NoExperts
    if author not in weights:
        raise NoExperts
    if not 1 <= offer.valid_days <= VALID_MOST:
        raise ValidityOutOfBounds
    _check_reserve(offer)


def _check_reserve(offer: Offer) -> None:
    if offer.weekly_centi is None and offer.first_monday is None and offer.weeks is None:
        return
    if not offer.weekly_centi or offer.first_monday is None or not offer.weeks:
        raise ReserveIncomplete
    if offer.weekly_centi > WEEKLY_MOST or offer.first_monday.isoweekday() != 1 or offer.weeks > WEEKS_MOST:
        raise ReserveIncomplete


def frozen(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """The milestones as a quote keeps them."""
    return [
        {
            "title": part.title,
            "criteria": part.criteria,
            "price_micro": part.price_micro,
            "due_on": part.due_on.isoformat() if part.due_on else None,
        }
        for part in parts
    ]


def thawed(milestones: Sequence[Mapping[str, Any]]) -> list[Part]:
    """The milestones of a quote."""
    return [
        Part(
            row["title"],
            row["price_micro"],
            row["criteria"],
            date.fromisoformat(row["due_on"]) if row["due_on"] else None,
        )
        for row in milestones
    ]


def price_micro(quote: Quote) -> int:
    """What a quote comes to; nothing before it is written."""
    return sum(row["price_micro"] for row in quote.milestones)


def state(quote: Quote, now: datetime) -> State:
    """How far a quote is."""
    if quote.accepted_at is not None:
        return "accepted"
    if quote.declined_at is not None:
        return "declined"
    if quote.sent_at is None or quote.valid_until is None:
        return "asked" if quote.verified_at is not None else "unproved"
    return "expired" if now >= quote.valid_until else "sent"


def digest_of(quote: Quote, weights: Mapping[str, int]) -> str:
    """64 hex characters that stand for exactly what was offered."""
    return digest(
        "quote",
        {
            "number": quote.number,
            "title": quote.title,
            "scope": quote.scope,
            "milestones": quote.milestones,
            "weights": dict(weights),
            "terms": quote.terms,
            "valid_until": quote.valid_until.isoformat() if quote.valid_until else None,
            "weekly_centi": quote.weekly_centi,
            "first_monday": quote.first_monday.isoformat() if quote.first_monday else None,
            "weeks": quote.weeks,
        },
    )


def message_of(quote: Quote, weights: Mapping[str, int]) -> str:
    """What a wallet signs to accept. English and ASCII: some wallets show anything else as digits."""
    return f"I accept quote {quote.number}: {writing.money(price_micro(quote))} U.\nDigest: {digest_of(quote, weights)}"
