"""The one way into the ledger: postings of transfers, once each, and their reversals, once each."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import IntegrityError, connection, transaction

from journal.hashing import digest
from journal.services import entries
from treasury.models import Posting, Transfer
from treasury.refusals import AlreadyReversed, NotReversible, OverdrawnEscrow, PostedDifferently, ReferenceTaken
from treasury.rules import accounts
from treasury.rules.accounts import AccountKey, Move

FLOOR = "balance_floor"
REFERENCE_ONCE = "transfer_reference_once"
REVERSED_ONCE = "transfer_reversed_once"


@transaction.atomic
def post(*, kind: str, key: str, occurred_on: date, moves: Sequence[Move], by: str, at: datetime) -> Posting:
    """Posts a business event once: `kind` (Posting.Kind) and `key` name it; the same again gives the first posting.

    UnsoundMove, PostedDifferently (same event, other moves), ReferenceTaken, OverdrawnEscrow.
    """
    accounts.check(moves)
    posting, new = _open(kind, key, occurred_on, by)
    if not new:
        if _moves_of(posting) != frozenset(moves):
            raise PostedDifferently(kind=kind, key=key)
        return posting
    ids = ensure(side for move in moves for side in (move.debit, move.credit))
    _insert(posting, moves, ids)
    entries.append(
        actor=by,
        verb="ledger.posted",
        subject=f"posting/{kind}/{key}"[:160],
        data={"transfers": len(moves), "digest": moves_digest(moves), "day": occurred_on.isoformat()},
        at=at,
    )
    return posting


@transaction.atomic
def reverse(*, posting: Posting, occurred_on: date, by: str, at: datetime) -> Posting:
    """Posts the exact opposite of a posting, once. NotReversible for runs and reversals, AlreadyReversed."""
    if posting.kind in (Posting.Kind.PAYOUT_RUN, Posting.Kind.REVERSAL):
        raise NotReversible
    reversal, new = _open(Posting.Kind.REVERSAL, f"{posting.kind}/{posting.key}", occurred_on, by)
    if not new:
        raise AlreadyReversed
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_REVERSE, [reversal.pk, occurred_on, posting.pk])
    except IntegrityError as error:
        if REVERSED_ONCE in str(error):
            raise AlreadyReversed from error
        raise _named(error) from error
    entries.append(
        actor=by,
        verb="ledger.reversed",
        subject=f"posting/{posting.kind}/{posting.key}"[:160],
        data={"reversal": reversal.key, "day": occurred_on.isoformat()},
        at=at,
    )
    return reversal


def ensure(keys: Iterable[AccountKey]) -> dict[AccountKey, int]:
    """The ids of these accounts; those that do not exist are opened, in an order that never deadlocks."""
    wanted = sorted(set(keys))
    found = _find(wanted)
    missing = [key for key in wanted if key not in found]
    if missing:
        with connection.cursor() as cursor:
            cursor.execute(_OPEN_ACCOUNTS, _columns(missing))
        found |= _find(missing)
    return found


def moves_digest(moves: Iterable[Move]) -> str:
    """What the journal keeps of a posting's transfers: in the order of their references."""
    lines = sorted(
        [move.reference, str(move.debit), str(move.credit), move.debit.asset, move.amount_micro] for move in moves
    )
    return digest("posting", lines)


_OPEN_ACCOUNTS = """
INSERT INTO treasury_account (kind, owner, asset) SELECT * FROM unnest(%s::text[], %s::text[], %s::text[])
ON CONFLICT (kind, owner, asset) DO NOTHING
"""
_FIND_ACCOUNTS = """
SELECT a.kind, a.owner, a.asset, a.id FROM treasury_account a
JOIN unnest(%s::text[], %s::text[], %s::text[]) AS w(kind, owner, asset) USING (kind, owner, asset)
"""
_INSERT = """
INSERT INTO treasury_transfer (posting_id, debit_id, credit_id, asset, amount_micro, reference, occurred_on)
SELECT %s, * , %s::date FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::text[])
"""
_REVERSE = """
INSERT INTO treasury_transfer
  (posting_id, debit_id, credit_id, asset, amount_micro, reference, occurred_on, reverses_id)
SELECT %s, credit_id, debit_id, asset, amount_micro, 'reversal/' || reference, %s::date, id
FROM treasury_transfer WHERE posting_id = %s ORDER BY id
"""


def _columns(keys: Sequence[AccountKey]) -> list[list[str]]:
    return [[key.kind for key in keys], [key.owner for key in keys], [key.asset for key in keys]]


def _find(keys: Sequence[AccountKey]) -> dict[AccountKey, int]:
    with connection.cursor() as cursor:
        cursor.execute(_FIND_ACCOUNTS, _columns(keys))
        return {AccountKey(kind, owner, asset): pk for kind, owner, asset, pk in cursor.fetchall()}


def _open(kind: str, key: str, occurred_on: date, by: str) -> tuple[Posting, bool]:
    """The posting of this event and whether this call made it. Somebody who is just posting it is waited for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO treasury_posting (kind, key, occurred_on, actor) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (kind, key) DO NOTHING",
            [kind, key, occurred_on, by],
        )
        new = cursor.rowcount == 1
    return Posting.objects.get(kind=kind, key=key), new


def _insert(posting: Posting, moves: Sequence[Move], ids: dict[AccountKey, int]) -> None:
    columns: list[list[int] | list[str]] = [
        [ids[move.debit] for move in moves],
        [ids[move.credit] for move in moves],
        [move.debit.asset for move in moves],
        [move.amount_micro for move in moves],
        [move.reference for move in moves],
    ]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_INSERT, [posting.pk, posting.occurred_on, *columns])
    except IntegrityError as error:
        raise _named(error) from error


def _named(error: IntegrityError) -> Exception:
    """The refusal that a broken constraint means; the error itself where it means a mistake of ours."""
    text = str(error)
    if FLOOR in text:
        return OverdrawnEscrow()
    if REFERENCE_ONCE in text:
        return ReferenceTaken(reference=text.partition("(reference)=(")[2].partition(")")[0])
    return error


def _moves_of(posting: Posting) -> frozenset[Move]:
    rows = Transfer.objects.filter(posting=posting).select_related("debit", "credit")
    return frozenset(
        Move(
            AccountKey(row.debit.kind, row.debit.owner, row.asset),
            AccountKey(row.credit.kind, row.credit.owner, row.asset),
            row.amount_micro,
            row.reference,
        )
        for row in rows
    )
