"""Outgoing messages: promised with their cause, delivered at least once, dropped by key when promised twice."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from journal.clock import database_clock
from journal.models import Outbox
from journal.registry import channels

LEASE = timedelta(seconds=120)
MAX_ATTEMPTS = 10
logger = logging.getLogger(__name__)


def put(*, kind: str, key: str, payload: dict[str, Any], at: datetime) -> None:
    """Promises one message in the caller's transaction; the same key again changes nothing."""
    Outbox.objects.bulk_create([Outbox(kind=kind, key=key, payload=payload, due_at=at)], ignore_conflicts=True)


def claim(limit: int = 20) -> list[Outbox]:
    """Messages that are due, held for this worker; the network is only used after this transaction."""
    with transaction.atomic():
        now = database_clock()
        rows = list(
            Outbox.objects.select_for_update(skip_locked=True)
            .filter(delivered_at=None, parked_at=None, due_at__lte=now)
            .filter(Q(lease_until=None) | Q(lease_until__lt=now))
            .order_by("due_at", "pk")[:limit]
        )
        for row in rows:
            row.attempts += 1
            row.lease_until = now + LEASE
        Outbox.objects.bulk_update(rows, ["attempts", "lease_until"])
    return rows


def deliver() -> int:
    """Delivers what is due; returns how many left the house."""
    sent = 0
    for row in claim():
        try:
            channels[row.kind](row.payload)
        except Exception as failure:
            logger.exception("outbox %s", row)
            _postpone(row, failure)
            continue
        sent += Outbox.objects.filter(pk=row.pk, attempts=row.attempts, delivered_at=None).update(
            # Delivered words are nobody's to read again: names, and links that open an account.
            delivered_at=database_clock(),
            lease_until=None,
            error="",
            payload={},
        )
    return sent


def _postpone(row: Outbox, failure: Exception) -> None:
    now = database_clock()
    Outbox.objects.filter(pk=row.pk, attempts=row.attempts, delivered_at=None).update(
        lease_until=None,
        due_at=now + timedelta(seconds=min(5 * 2**row.attempts, 3600)),
        parked_at=now if row.attempts >= MAX_ATTEMPTS else None,
        error=f"{type(failure).__name__}: {failure}"[:2000],
    )
