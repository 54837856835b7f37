"""What a look at the chain becomes here: seen, final, credited to one invoice, or taken back."""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import transaction
from django.db.models import F, Q, QuerySet

from charter.selectors import timeline
from consulting.models import ChainCursor, Invoice, Payment
from consulting.rules.chains import BIGINT_MOST, WATCHED_BELOW, Chain
from consulting.rules.transfers import Transfer, View
from consulting.selectors import payments as reading
from consulting.services import payments, unmatched
from consulting.services.chain.looking import Known, Look, Unclear
from consulting.services.chain.node import Node
from journal.clock import Clock, database_clock
from journal.services import entries

WATCHER = "system:chain"
EVERY = timedelta(seconds=10)
LEASE = timedelta(seconds=60)
Item = TypeVar("Item")
logger = logging.getLogger(__name__)


def watch(*, nodes: Sequence[Node], chain: Chain, clock: Clock = database_clock) -> bool:
    """Looks once, if it is time and nobody else is looking; True when the view counted.

    The network is asked outside of any transaction. Whatever a node cannot say, or two say differently, is noted on
    the cursor and credits nothing.
    """
    cursor = claim(chain, clock())
    if cursor is None:
        return False
    try:
        view = _look(nodes, chain, cursor)
    except Exception as trouble:
        if not isinstance(trouble, Unclear):
            logger.warning("chain %s: %s", chain.number, type(trouble).__name__)
        _rest(cursor, clock(), trouble=str(trouble) if isinstance(trouble, Unclear) else type(trouble).__name__)
        return False
    apply(view, chain, clock=clock)
    _rest(cursor, clock(), view=view)
    return True


def claim(chain: Chain, now: datetime) -> ChainCursor | None:
    """The cursor, held for a minute; None while somebody holds it or it is too early."""
    cursor, _made = ChainCursor.objects.get_or_create(chain_id=chain.number)
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    time = Q(looked_at=None) | Q(looked_at__lte=now - EVERY) | Q(trouble="", scanned_to__lt=F("head"))
    held = ChainCursor.objects.filter(free, time, pk=cursor.pk).update(lease_until=now + LEASE)
    return ChainCursor.objects.get(pk=cursor.pk) if held else None


def _look(nodes: Sequence[Node], chain: Chain, cursor: ChainCursor) -> View:
    if not nodes:
        raise Unclear("no node is configured")
    below = chain.confirmations + WATCHED_BELOW
    known = {
        key: Known(transfer, row.final_at is not None)
        for key, (row, transfer) in reading.standing(chain, cursor.scanned_to - 2 * below).items()
    }
    look = Look(nodes, chain, reading.receivers(chain), known)
    head = look.head()
    if cursor.since is None:
        cursor.since = chain.start_block or head
    return look.view(since=cursor.since, scanned_to=cursor.scanned_to, head=head)


def _rest(cursor: ChainCursor, now: datetime, *, view: View | None = None, trouble: str = "") -> None:
    changes: dict[str, object] = {"looked_at": now, "lease_until": None, "trouble": trouble[:300]}
    if view is not None:
        changes |= {"head": view.head, "scanned_to": view.last, "since": cursor.since}
    ChainCursor.objects.filter(pk=cursor.pk).update(**changes)


def apply(view: View, chain: Chain, *, clock: Clock = database_clock) -> None:
    """Writes what a view says, each payment in a transaction of its own; the same view again changes nothing."""
    at = clock()
    _each(view.gone, lambda transfer: _take_back(transfer, chain, at))
    _each(view.moved, lambda transfer: _move(transfer, chain))
    _each(view.new, lambda new: see(transfer=new, chain=chain, made_at=view.made_at[new.block_number], at=at))
    _each(view.final, lambda transfer: _finish(transfer, chain, at))
    _each(list(reading.unsettled()), lambda payment: settle(payment, at=at))


def _each(items: Iterable[Item], act: Callable[[Item], None]) -> None:
    """One that fails must not keep the others: it is there again at the next look."""
    for item in items:
        try:
            act(item)
        except Exception:
            logger.exception("%s could not be written", item)


def see(*, transfer: Transfer, chain: Chain, made_at: datetime, at: datetime) -> None:
    """Puts a transfer on record as soon as it is seen, with the invoice that it seems to be for.

    What is below a micro-unit is no payment (zero transfers are sent to make a false address look familiar).
    """
    token = chain.token(transfer.token)
    amount = token.micro(transfer.units) if token else 0
    if not 0 < amount <= BIGINT_MOST:
        if amount:
            logger.warning("transfer %s of %s units is beyond any ledger", transfer.tx_hash, transfer.units)
        return
    calendar = timeline()
    payment = Payment(
        kind=Payment.Kind.CHAIN,
        amount_micro=amount,
        received_on=min(calendar.day_of(made_at), calendar.day_of(at)),
        chain_id=chain.number,
        tx_hash=transfer.tx_hash,
        log_index=transfer.log_index,
        token=transfer.token,
        payer=transfer.payer,
        to=transfer.to,
        units=transfer.units,
        block_number=transfer.block_number,
        block_hash=transfer.block_hash,
        seen_at=at,
    )
    payment.invoice_hint_id = reading.match_of(payment).invoice
    with transaction.atomic():
        # Once while it stands: whoever is just seeing the same one is waited for, and was first.
        Payment.objects.bulk_create([payment], ignore_conflicts=True)
        stored = _row(transfer, chain).filter(seen_at=at).first()
        if stored is not None:
            facts = {"tx": transfer.tx_hash, "log": transfer.log_index, "amount_micro": amount}
            entries.append(actor=WATCHER, verb="payment.see", subject=payments.subject(stored), data=facts, at=at)


def settle(payment: Payment, *, at: datetime) -> None:
    """Credits a final payment to the one invoice that it is for; without one it waits for the treasurer."""
    found = reading.match_of(payment)
    if found.invoice is None:
        unmatched.queue(payment=payment, reason=found.reason, by=WATCHER, at=at)
        return
    invoice = Invoice.objects.select_related("client", "engagement").get(pk=found.invoice)
    payments.receive(payment=payment, invoice=invoice, by=WATCHER, at=at)


def _take_back(transfer: Transfer, chain: Chain, at: datetime) -> None:
    for payment in _row(transfer, chain):
        back = payments.take_back(payment=payment, by=WATCHER, at=at)
        if back.credited_at is not None:
            unmatched.tell_treasurer(back, at)


def _finish(transfer: Transfer, chain: Chain, at: datetime) -> None:
    _row(transfer, chain).filter(block_hash=transfer.block_hash, final_at=None).update(final_at=at)


def _move(transfer: Transfer, chain: Chain) -> None:
    """The same money in another block: what is not credited yet waits for its confirmations anew."""
    place = {"block_number": transfer.block_number, "block_hash": transfer.block_hash}
    rows = _row(transfer, chain).exclude(block_hash=transfer.block_hash)
    rows.filter(credited_at=None).update(**place, final_at=None)
    rows.update(**place)


def _row(transfer: Transfer, chain: Chain) -> QuerySet[Payment]:
    return Payment.objects.filter(
        kind=Payment.Kind.CHAIN,
        chain_id=chain.number,
        tx_hash=transfer.tx_hash,
        log_index=transfer.log_index,
        reverted_at=None,
    )
