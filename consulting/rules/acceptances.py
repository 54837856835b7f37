"""An acceptance worked out: who gets what of which sum, before anything is stored (income.2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from charter.rules.terms import Timeline
from consulting.rules import splitting
from consulting.rules.orders import FIXED
from journal.hashing import digest
from treasury.rules.amounts import shared

SHARE_KEY = "consulting.individual_share"
Inputs = dict[str, Any]


@dataclass(frozen=True)
class Order:
    """The engagement as the split sees it; money in micro-units."""

    reference: str
    pricing: str
    price_micro: int | None


@dataclass(frozen=True)
class Worked:
    """One session: hours in hundredths, a rate only where it is paid by the hour."""

    reference: str
    handle: str
    held_on: date
    hours_centi: int
    rate_micro: int | None


@dataclass(frozen=True)
class Part:
    """One expert's part; `reference` is the payout line's, `inputs` what its sentence is redone from."""

    handle: str
    reference: str
    amount_micro: int
    inputs: Inputs


@dataclass(frozen=True)
class Split:
    """One acceptance: of a session (by the hour) or of the whole (a fixed price: `session` is None)."""

    session: str | None
    accepted_on: date
    gross_micro: int
    individuals_micro: int
    pool_micro: int
    share: str
    edition: int
    parts: tuple[Part, ...]


def split(
    order: Order,
    sessions: Sequence[Worked],
    weights: Mapping[str, int],
    accepted_on: date,
    timeline: Timeline,
) -> list[Split]:
    """Every acceptance that accepting the whole makes: one per session by the hour, one for a fixed price.

    By the hour the share in force on the day of the session counts, for a fixed price that of the acceptance.
    """
    if order.pricing == FIXED:
        return [_fixed(order, sessions, weights, accepted_on, timeline)]
    return [_hourly(order, session, accepted_on, timeline) for session in sessions]


def _hourly(order: Order, session: Worked, accepted_on: date, timeline: Timeline) -> Split:
    assert session.rate_micro is not None, "a session by the hour has a rate: the database holds it"
    terms = timeline.terms_on(session.held_on)
    share = timeline.held_on(session.held_on)[SHARE_KEY].value
    gross = splitting.gross(session.hours_centi, session.rate_micro)
    individuals, pool = splitting.with_pool(gross, terms.consulting_individual_share)
    inputs = {
        "hours_centi": session.hours_centi,
        "rate_micro": session.rate_micro,
        "held_on": session.held_on.isoformat(),
    }
    reference = f"consulting/{order.reference}/{session.reference}/{session.handle}"
    part = Part(session.handle, reference, individuals, inputs)
    return Split(session.reference, accepted_on, gross, individuals, pool, share, terms.edition, (part,))


def _fixed(
    order: Order, sessions: Sequence[Worked], weights: Mapping[str, int], accepted_on: date, timeline: Timeline
) -> Split:
    assert order.price_micro is not None, "a fixed price has one: the database holds it"
    terms = timeline.terms_on(accepted_on)
    share = timeline.held_on(accepted_on)[SHARE_KEY].value
    individuals, pool = splitting.with_pool(order.price_micro, terms.consulting_individual_share)
    by_weight = any(weights.values())
    basis = {handle: weight for handle, weight in weights.items() if weight} if by_weight else hours_by_handle(sessions)
    whole = sum(basis.values())
    amounts = shared(individuals, basis)
    parts = tuple(
        Part(
            handle,
            f"consulting/{order.reference}/{handle}",
            amounts[handle],
            {"by": "weight" if by_weight else "hours", "part": basis[handle], "whole": whole},
        )
        for handle in sorted(basis)
    )
    return Split(None, accepted_on, order.price_micro, individuals, pool, share, terms.edition, parts)


def facts(splits: Sequence[Split]) -> dict[str, Any]:
    """What the journal keeps of an acceptance: the day, the sums, and every part by its reference."""
    return {
        "accepted_on": splits[0].accepted_on.isoformat(),
        "gross_micro": sum(split.gross_micro for split in splits),
        "pool_micro": sum(split.pool_micro for split in splits),
        "parts": {part.reference: part.amount_micro for split in splits for part in split.parts},
    }


def seal_of(splits: Sequence[Split]) -> str:
    """64 hex characters that stand for exactly these sums and parts."""
    return digest("acceptance", facts(splits))


def hours_by_handle(sessions: Iterable[Worked]) -> dict[str, int]:
    """Hundredths of an hour by expert."""
    hours: dict[str, int] = {}
    for session in sessions:
        hours[session.handle] = hours.get(session.handle, 0) + session.hours_centi
    return hours
