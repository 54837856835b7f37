"""Acceptance: the client takes a unit or the whole, the split is fixed, escrow holds what it needs."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from charter.selectors import timeline
from consulting.models import Acceptance, Engagement, Milestone, Session, Share
from consulting.refusals import AcceptedInFuture, NothingToAccept, SplitChanged
from consulting.refusals.escrow import ClientOnly, StillOpen
from consulting.rules import acceptances
from consulting.rules.acceptances import Split
from consulting.selectors import escrow as held
from consulting.selectors.engagements import work_out
from consulting.selectors.escrow import EMPTY, Money
from consulting.services.engagements import (
    is_treasurer,
    locked,
    refuse_accepted,
    refuse_disputed,
    subject,
)
from journal.services import entries
from members.models import Member
from members.selectors.people import By, actor
from treasury.rules.accounts import Move, escrow, receivable
from treasury.services import ledger


def accept(
    *,
    engagement: Engagement,
    accepted_on: date,
    by: By,
    at: datetime,
    seal: str | None = None,
    units: Collection[str] | None = None,
) -> list[Acceptance]:
    """The client accepted `units` (references of sessions or milestones), or everything that is left: that closes it.

    One acceptance a session by the hour, a milestone, or a fixed price without milestones; with the last milestone the
    engagement closes too. In one transaction the shares are fixed and what escrow lacks moves receivable → escrow; at
    closing what it has too much goes back. With `seal` only if that is still what would be fixed. By the client, the
    treasurer, or a text (silence, import). Raises ClientOnly, AcceptedAlready, InDispute, AcceptedInFuture,
    AcceptedBeforeOpening, HeldAfterAcceptance, NoBasis, UnknownUnit, UnitAccepted, NothingToAccept, SplitChanged.
    """
    with transaction.atomic():
        engagement = locked(engagement)
        require_accepter(engagement, by, at)
        refuse_accepted(engagement)
        refuse_disputed(engagement)
        charter = timeline()
        if accepted_on > charter.day_of(at):
            raise AcceptedInFuture
        splits = work_out(engagement, accepted_on, charter, units)
        if not splits:
            raise NothingToAccept
        if seal is not None and seal != acceptances.seal_of(splits):
            raise SplitChanged
        return fix(engagement, splits, closing=units is None, by=actor(by), at=at)


def fix(engagement: Engagement, splits: Sequence[Split], *, closing: bool, by: str, at: datetime) -> list[Acceptance]:
    """Fixes what was worked out; the caller holds the engagement and has asked every rule."""
    held.lock_balances([receivable(engagement.client.key), escrow(engagement.reference)])
    money = held.money_of(engagement)
    earlier = engagement.acceptances.aggregate(last=Max("accepted_on"))["last"]
    key = _key(engagement)
    closing = closing or _last_milestones(engagement, splits)
    if closing:
        engagement.accepted_on = max(splits[0].accepted_on, earlier or splits[0].accepted_on)
        engagement.save(update_fields=["accepted_on"])
    stored = store([(engagement, splits)])
    post(engagement, splits, money=money, closing=closing, key=key, by=by, at=at)
    entries.append(
        actor=by, verb="engagement.accept", subject=subject(engagement), data=acceptances.facts(splits), at=at
    )
    return stored


def close(*, engagement: Engagement, closed_on: date, by: By, at: datetime) -> Engagement:
    """Ends an engagement of which nothing is left to accept: what is held of it goes back to the client's credit.

    For one by the hour whose sessions are all accepted, or that has none, as after a cancelled booking. Raises
    TreasurerOnly, AcceptedAlready, InDispute, StillOpen.
    """
    with transaction.atomic():
        engagement = locked(engagement)
        require_accepter(engagement, by, at)
        refuse_accepted(engagement)
        refuse_disputed(engagement)
        if any(unit.acceptance is None for unit in held.units_of(engagement)):
            raise StillOpen
        end(engagement, closed_on=closed_on, by=actor(by), at=at)
    return engagement


def end(engagement: Engagement, *, closed_on: date, by: str, at: datetime) -> None:
    """Closes an engagement whose units are all accepted; the caller holds it."""
    held.lock_balances([receivable(engagement.client.key), escrow(engagement.reference)])
    last = engagement.acceptances.aggregate(last=Max("accepted_on"))["last"]
    engagement.accepted_on = max(closed_on, last or closed_on)
    engagement.save(update_fields=["accepted_on"])
    release(engagement, held.money_of(engagement).free_micro, by=by, at=at)
    data = {"closed_on": engagement.accepted_on.isoformat()}
    entries.append(actor=by, verb="engagement.close", subject=subject(engagement), data=data, at=at)


def require_accepter(engagement: Engagement, by: By, at: datetime) -> None:
    """ClientOnly unless `by` is the client's account, the treasurer on that day, or a text."""
    user = by.user if isinstance(by, Member) else by
    if isinstance(by, str) or (user is not None and engagement.client.user == user):
        return
    if not is_treasurer(by, at):
        raise ClientOnly


def _key(engagement: Engagement) -> str:
    """The name of the posting of what is accepted next: the engagement, of later units also their place."""
    earlier = engagement.acceptances.count()
    return f"{engagement.reference}/{earlier + 1}" if earlier else engagement.reference


def _last_milestones(engagement: Engagement, splits: Sequence[Split]) -> bool:
    """Whether these are the milestones that were left of a fixed price."""
    if engagement.pricing == Engagement.Pricing.HOURLY:
        return False
    left = engagement.milestones.filter(acceptance=None).values_list("reference", flat=True)
    return set(left) <= {split.unit for split in splits}


def store(accepted: Iterable[tuple[Engagement, Sequence[Split]]]) -> list[Acceptance]:
    """Writes acceptances and shares of any number of engagements in four queries; the caller holds the locks."""
    pairs = [(engagement, split) for engagement, splits in accepted for split in splits]
    session_ids = _session_ids({split.session for _engagement, split in pairs if split.session})
    milestone_ids = _milestone_ids({engagement.pk for engagement, split in pairs if split.milestone})
    member_ids = _member_ids({part.handle for _engagement, split in pairs for part in split.parts})
    rows = Acceptance.objects.bulk_create(
        Acceptance(
            engagement=engagement,
            session_id=session_ids[split.session] if split.session else None,
            milestone_id=milestone_ids[engagement.pk, split.milestone] if split.milestone else None,
            accepted_on=split.accepted_on,
            gross_micro=split.gross_micro,
            counted_off_micro=split.counted_off_micro,
            individuals_micro=split.individuals_micro,
            pool_micro=split.pool_micro,
            share=split.share,
            edition=split.edition,
        )
        for engagement, split in pairs
    )
    Share.objects.bulk_create(
        Share(
            acceptance=row,
            member_id=member_ids[part.handle],
            reference=part.reference,
            amount_micro=part.amount_micro,
            inputs=part.inputs,
        )
        for row, (_engagement, split) in zip(rows, pairs, strict=True)
        for part in split.parts
    )
    return rows


def post(
    engagement: Engagement,
    splits: Sequence[Split],
    *,
    money: Money = EMPTY,
    closing: bool = True,
    key: str = "",
    by: str,
    at: datetime,
) -> None:
    """Moves what escrow lacks for these acceptances (receivable → escrow), a transfer an acceptance at most.

    `money` is what it had before them; at closing what it has too much goes back (escrow → receivable).
    """
    moves = moves_of(engagement, splits, money)
    # What was paid before, or hours and rates so small that they round to nothing, owe nothing.
    if moves:
        ledger.post(
            kind="acceptance",
            key=key or engagement.reference,
            occurred_on=splits[0].accepted_on,
            moves=moves,
            by=by,
            at=at,
        )
    if closing:
        gross = sum(split.gross_micro for split in splits)
        release(engagement, Money(money.inflow_micro, money.bound_micro + gross).free_micro, by=by, at=at)


def release(engagement: Engagement, free_micro: int, *, by: str, at: datetime) -> None:
    """Gives back what an engagement that closes holds and does not need: escrow → receivable, the client's credit."""
    assert engagement.accepted_on is not None, "only what is closed needs nothing more"
    if not free_micro:
        return
    move = Move(
        debit=escrow(engagement.reference),
        credit=receivable(engagement.client.key),
        amount_micro=free_micro,
        reference=f"release/{engagement.reference}",
    )
    ledger.post(
        kind="release", key=engagement.reference, occurred_on=engagement.accepted_on, moves=[move], by=by, at=at
    )


def moves_of(engagement: Engagement, splits: Iterable[Split], money: Money = EMPTY) -> list[Move]:
    """The transfers of acceptances in their order: of each what is not there yet, nothing where it all is."""
    moves, needed, covered = [], 0, 0
    for split in splits:
        needed += split.gross_micro
        missing = money.short_micro(needed) - covered
        covered += missing
        if missing:
            moves.append(
                Move(
                    debit=receivable(engagement.client.key),
                    credit=escrow(engagement.reference),
                    amount_micro=missing,
                    reference="/".join(filter(None, ("acceptance", engagement.reference, split.unit))),
                )
            )
    return moves


def _session_ids(references: set[str]) -> dict[str, int]:
    return dict(Session.objects.filter(reference__in=references).values_list("reference", "pk"))


def _milestone_ids(engagements: set[int]) -> dict[tuple[int, str], int]:
    rows = Milestone.objects.filter(engagement__in=engagements).values_list("engagement", "reference", "pk")
    return {(engagement, reference): pk for engagement, reference, pk in rows}


def _member_ids(handles: set[str]) -> dict[str, int]:
    return dict(Member.objects.filter(handle__in=handles).values_list("handle", "pk"))
