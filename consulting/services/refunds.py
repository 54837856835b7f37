"""Refunds: before acceptance off the unit's gross, after it from the stored shares; and credit that is paid out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Sum

from charter.selectors import timeline
from consulting.models import Acceptance, Engagement, Payback, Refund, RefundPart, Share
from consulting.refusals.escrow import (
    EvidenceMissing,
    PaidBackAlready,
    RefundChanged,
    RefundReasonMissing,
    RefundUnreadable,
)
from consulting.rules import refunding
from consulting.selectors import escrow as held
from consulting.selectors.escrow import Unit
from consulting.selectors.lines import due_of
from consulting.services.engagements import locked, refuse_disputed, require_treasurer, subject
from journal.services import entries
from members.selectors.people import By, actor
from treasury.models import Client, PayoutLine
from treasury.rules.accounts import AccountKey, Move, escrow, outside, payable, pool, receivable
from treasury.services import ledger
from treasury.services.payouts import months

POOL = "pool"


@dataclass(frozen=True)
class _Part:
    """What a refund takes of one share now; without a share, of the pool's part."""

    share: Share | None
    share_micro: int
    before_micro: int
    amount_micro: int

    @property
    def name(self) -> str:
        """The expert's handle, or `pool`, which is nobody's."""
        return self.share.member.handle if self.share else POOL


def refund(
    *,
    engagement: Engagement,
    unit: str,
    amount_micro: int,
    reason: str,
    by: By,
    at: datetime,
    before_micro: int | None = None,
) -> Refund:
    """Money of a unit goes back to the client's credit: `unit` is a session's or milestone's reference, "" the whole.

    Not yet accepted, it counts off the unit's gross, and what is free in escrow moves escrow → receivable. Accepted, it
    is taken from the stored shares: out of escrow where the line is not posted, else from whoever got it. With
    `before_micro` only if just that was refunded before. Raises TreasurerOnly, InDispute, UnknownUnit,
    RefundReasonMissing, RefundUnreadable, RefundTooMuch, RefundChanged, OverdrawnEscrow.
    """
    with transaction.atomic():
        require_treasurer(by, at)
        engagement = locked(engagement)
        refuse_disputed(engagement)
        found = held.unit_of(engagement, unit)
        if not reason.strip():
            raise RefundReasonMissing
        if before_micro is not None and before_micro != found.refunded_micro:
            raise RefundChanged
        refunding.check_amount(amount_micro, found.left_micro)
        return give_back(engagement, found, amount_micro, reason=reason.strip(), by=actor(by), at=at)


def give_back(engagement: Engagement, unit: Unit, amount_micro: int, *, reason: str, by: str, at: datetime) -> Refund:
    """Refunds what every rule allowed; the caller holds the engagement."""
    row = Refund.objects.create(
        engagement=engagement,
        session=unit.session,
        milestone=unit.milestone,
        acceptance=unit.acceptance,
        unit_micro=unit.price_micro,
        before_micro=unit.refunded_micro,
        amount_micro=amount_micro,
        reason=reason,
        refunded_on=timeline().day_of(at),
        refunded_by=by,
    )
    moves = _from_shares(row, unit.acceptance) if unit.acceptance else _from_free(row)
    if moves:
        key = f"{engagement.reference}/{row.pk}"
        ledger.post(kind="refund", key=key, occurred_on=row.refunded_on, moves=moves, by=by, at=at)
    entries.append(
        actor=by,
        verb="refund.record",
        subject=subject(engagement),
        data={
            "unit": unit.reference,
            "amount_micro": amount_micro,
            "before_micro": unit.refunded_micro,
            "parts": {move.reference: move.amount_micro for move in moves},
        },
        at=at,
    )
    return row


def _from_free(row: Refund) -> list[Move]:
    """Before acceptance: what was paid in and nothing needs, at most the refund; the rest was never paid."""
    engagement = row.engagement
    sides = escrow(engagement.reference), receivable(engagement.client.key)
    held.lock_balances(sides)
    amount = min(row.amount_micro, held.money_of(engagement).free_micro)
    return [Move(*sides, amount, f"refund/{engagement.reference}/{row.pk}")] if amount else []


def _from_shares(row: Refund, acceptance: Acceptance) -> list[Move]:
    """After acceptance: the part of each stored share, from where its money is now."""
    # A run that is just posting these lines has ended before we look, or begins after we are done.
    months.hold(f"{acceptance.accepted_on:%Y-%m}")
    parts = _parts(acceptance, row.amount_micro)
    sources = _sources(acceptance, parts)
    RefundPart.objects.bulk_create(
        RefundPart(
            refund=row,
            acceptance=acceptance,
            share=part.share,
            source=source,
            share_micro=part.share_micro,
            before_micro=part.before_micro,
            amount_micro=part.amount_micro,
        )
        for part, source in zip(parts, sources, strict=True)
    )
    engagement = row.engagement
    client = receivable(engagement.client.key)
    moves = [
        Move(
            _account(engagement, part, source),
            client,
            part.amount_micro,
            f"refund/{engagement.reference}/{row.pk}/{part.name}",
        )
        for part, source in zip(parts, sources, strict=True)
    ]
    # The ledger takes balances in their order; taken one by one they could meet a run's the other way round.
    held.lock_balances([client, *(move.debit for move in moves)])
    return moves


def _parts(acceptance: Acceptance, amount_micro: int) -> list[_Part]:
    """What one more refund takes of each share, by handle, then of the pool's part; nothing where it takes nothing."""
    shares: list[Share | None] = [*acceptance.shares.select_related("member").order_by("member__handle"), None]
    stored = [share.amount_micro if share else acceptance.pool_micro for share in shares]
    taken = held.parts_taken(acceptance)
    before = [taken.get(share.pk if share else None, 0) for share in shares]
    after = refunding.refunded_parts(sum(before) + amount_micro, stored)
    rows = zip(shares, stored, before, after, strict=True)
    return [_Part(share, whole, old, new - old) for share, whole, old, new in rows if new > old]


def _sources(acceptance: Acceptance, parts: Sequence[_Part]) -> list[str]:
    """Where the money of each part is: with whom its line was posted to, else still in escrow.

    A share of which no line is due, because its work lies after an exit, is in the pool's line (exit.1).
    """
    unit = acceptance.session or acceptance.milestone
    names = ("consulting-pool", acceptance.engagement.reference, unit.reference if unit else "")
    pool_line = "/".join(filter(None, names))
    posted = _posted(acceptance, [pool_line, *(part.share.reference for part in parts if part.share)])
    due = due_of(acceptance)
    sources = []
    for part in parts:
        line = part.share.reference if part.share else pool_line
        if posted.get(line, 0) > 0:
            sources.append(RefundPart.Source.PAYABLE if part.share else RefundPart.Source.POOL)
        elif part.share and not due[line] and posted.get(pool_line, 0) > 0:
            sources.append(RefundPart.Source.POOL)
        else:
            sources.append(RefundPart.Source.ESCROW)
    return [str(source) for source in sources]


def _posted(acceptance: Acceptance, bases: Sequence[str]) -> dict[str, int]:
    """What was posted under these references, corrections included."""
    payees = [*acceptance.shares.values_list("member__handle", flat=True), POOL]
    rows = PayoutLine.objects.filter(month=f"{acceptance.accepted_on:%Y-%m}", payee__in=payees, base__in=bases)
    return dict(rows.values_list("base").annotate(amount=Sum("amount_micro")).order_by())


def _account(engagement: Engagement, part: _Part, source: str) -> AccountKey:
    if source == RefundPart.Source.ESCROW:
        return escrow(engagement.reference)
    return payable(part.name, "U") if source == RefundPart.Source.PAYABLE else pool()


def pay_back(
    *, client: Client, amount_micro: int, evidence: str, by: By, at: datetime, paid_on: date | None = None
) -> Payback:
    """A client's credit was paid out to them: receivable → outside, at most the credit, once for an evidence.

    Raises TreasurerOnly, RefundUnreadable, EvidenceMissing, PaidBackAlready, CreditTooSmall.
    """
    evidence = evidence.strip()
    if amount_micro <= 0:
        raise RefundUnreadable
    if not evidence:
        raise EvidenceMissing
    with transaction.atomic():
        require_treasurer(by, at)
        client = held_client(client)
        if Payback.objects.filter(client=client, evidence=evidence).exists():
            raise PaidBackAlready
        sides = receivable(client.key), outside("U")
        ledger.ensure(sides)
        # Whatever takes from the credit moves this balance: held, it stays what we read.
        held.lock_balances(sides)
        refunding.check_credit(amount_micro, held.credit_micro(client))
        day = paid_on or timeline().day_of(at)
        row = Payback.objects.create(
            client=client, amount_micro=amount_micro, evidence=evidence, paid_on=day, paid_by=actor(by)
        )
        move = Move(*sides, amount_micro, f"payback/{client.key}/{row.pk}")
        ledger.post(kind="refund", key=f"{client.key}/{row.pk}", occurred_on=day, moves=[move], by=actor(by), at=at)
        data = {"amount_micro": amount_micro}
        entries.append(actor=actor(by), verb="client.paid-back", subject=f"client/{client.key}", data=data, at=at)
    return row


def held_client(client: Client) -> Client:
    """The client, locked to the end of the transaction: whoever uses or pays back credit holds it, last of all rows."""
    return Client.objects.select_for_update(no_key=True).get(pk=client.pk)
