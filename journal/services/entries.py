"""Appending to the journal."""

from datetime import datetime
from typing import Any

from journal.models import Entry
from journal.rules import entry_digest


def append(*, actor: str, verb: str, subject: str, at: datetime, data: dict[str, Any] | None = None) -> Entry:
    """Writes one entry in the caller's transaction. `data` is canonical JSON without names or free text."""
    data = data or {}
    return Entry.objects.create(
        actor=actor,
        verb=verb,
        subject=subject,
        data=data,
        at=at,
        digest=entry_digest(actor=actor, verb=verb, subject=subject, data=data, at=at),
    )
