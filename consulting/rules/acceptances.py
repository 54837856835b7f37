"""An acceptance worked out: who gets what of which sum, before anything is stored (income.2)."""

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from charter.rules.terms import Timeline
from consulting.refusals.escrow import UnitAccepted, UnknownUnit
from consulting.rules import splitting
from consulting.rules.orders import FIXED
from journal.hashing import digest
from treasury.rules.amounts import shared

SHARE_KEY = "consulting.individual_share"
Inputs = dict[str, Any]
NOTHING: Mapping[str, int] = {}
# The reference of the whole of a fixed price among units.
WHOLE = ""


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
    milestone: str | None = None


@dataclass(frozen=True)
class Stage:
    """A milestone as the split sees it; the whole of a fixed price has no reference."""

    reference: str
    price_micro: int


@dataclass(frozen=True)
class Part:
    """One expert's part; `reference` is the payout line's, `inputs` what its sentence is redone from."""

    handle: str
    reference: str
    amount_micro: int
    inputs: Inputs


@dataclass(frozen=True)
class Split:
    """One acceptance: of a session (by the hour), of a milestone, or of a whole fixed price (neither).

    `gross_micro` is what is shared: the price less `counted_off_micro`, which was refunded before.
    """

    session: str | None
    accepted_on: date
    gross_micro: int
    individuals_micro: int
    pool_micro: int
    share: str
    edition: int
    parts: tuple[Part, ...]
    milestone: str | None = None
    counted_off_micro: int = 0

    @property
    def unit(self) -> str:
        """The reference of the session or milestone; "" for a whole fixed price."""
        return self.session or self.milestone or WHOLE

    def covers(self, worked: Worked) -> bool:
        """Whether a session's hours belong to what is accepted."""
        if self.session:
            return worked.reference == self.session
        return self.milestone is None or worked.milestone == self.milestone


def asked(all_units: Set[str], done: Set[str], units: Collection[str] | None) -> Set[str]:
    """The units to accept now: those that are named, else everything that is left. UnknownUnit, UnitAccepted."""
    if units is None:
        return all_units - done
    if set(units) - all_units:
        raise UnknownUnit
    if again := sorted(set(units) & done):
        raise UnitAccepted(accepted_before(again))
    return set(units)


def accepted_before(units: Iterable[str]) -> str:
    """Why units cannot be accepted or changed."""
    return _("%(units)s: accepted before.") % {"units": ", ".join(units)}


def split(
    order: Order,
    sessions: Sequence[Worked],
    weights: Mapping[str, int],
    accepted_on: date,
    timeline: Timeline,
    *,
    stages: Sequence[Stage] | None = None,
    counted_off: Mapping[str, int] = NOTHING,
) -> list[Split]:
    """Every acceptance that accepting these makes: one per session by the hour, one a milestone or a fixed price.

    `stages` are the milestones to accept of a fixed price that has any; `counted_off` is what of a unit (by `unit`) was
    refunded before. By the hour the share in force on the day of the session counts, else that of the acceptance.
    """
    if order.pricing != FIXED:
        return [_hourly(order, session, accepted_on, timeline, counted_off) for session in sessions]
    if stages is None:
        assert order.price_micro is not None, "a fixed price has one: the database holds it"
        return [_fixed(order, Stage(WHOLE, order.price_micro), sessions, weights, accepted_on, timeline, counted_off)]
    return [
        _fixed(
            order,
            stage,
            [session for session in sessions if session.milestone == stage.reference],
            weights,
            accepted_on,
            timeline,
            counted_off,
        )
        for stage in stages
    ]


def _hourly(
    order: Order, session: Worked, accepted_on: date, timeline: Timeline, counted_off: Mapping[str, int]
) -> Split:
    assert session.rate_micro is not None, "a session by the hour has a rate: the database holds it"
    terms = timeline.terms_on(session.held_on)
    share = timeline.held_on(session.held_on)[SHARE_KEY].value
    off = counted_off.get(session.reference, 0)
    gross = splitting.gross(session.hours_centi, session.rate_micro) - off
    individuals, pool = splitting.with_pool(gross, terms.consulting_individual_share)
    inputs = {
        "hours_centi": session.hours_centi,
        "rate_micro": session.rate_micro,
        "held_on": session.held_on.isoformat(),
    }
    reference = f"consulting/{order.reference}/{session.reference}/{session.handle}"
    part = Part(session.handle, reference, individuals, inputs)
    return Split(
        session.reference,
        accepted_on,
        gross,
        individuals,
        pool,
        share,
        terms.edition,
        (part,),
        counted_off_micro=off,
    )


def _fixed(
    order: Order,
    stage: Stage,
    sessions: Sequence[Worked],
    weights: Mapping[str, int],
    accepted_on: date,
    timeline: Timeline,
    counted_off: Mapping[str, int],
) -> Split:
    """The acceptance of a milestone, or under no reference of a whole fixed price."""
    terms = timeline.terms_on(accepted_on)
    share = timeline.held_on(accepted_on)[SHARE_KEY].value
    off = counted_off.get(stage.reference, 0)
    individuals, pool = splitting.with_pool(stage.price_micro - off, terms.consulting_individual_share)
    by_weight = any(weights.values())
    basis = {handle: weight for handle, weight in weights.items() if weight} if by_weight else hours_by_handle(sessions)
    whole = sum(basis.values())
    # Where all of it was refunded nobody's weight or hour is asked for.
    amounts = shared(individuals, basis) if basis else {}
    unit = "/".join(filter(None, (order.reference, stage.reference)))
    parts = tuple(
        Part(
            handle,
            f"consulting/{unit}/{handle}",
            amounts[handle],
            {"by": "weight" if by_weight else "hours", "part": basis[handle], "whole": whole},
        )
        for handle in sorted(basis)
    )
    return Split(
        session=None,
        accepted_on=accepted_on,
        gross_micro=stage.price_micro - off,
        individuals_micro=individuals,
        pool_micro=pool,
        share=share,
        edition=terms.edition,
        parts=parts,
        milestone=stage.reference or None,
        counted_off_micro=off,
    )


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
