"""Appending to the journal."""

from collections.abc import Iterable
from dataclasses import dataclass, field
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


@dataclass(frozen=True)
class Line:
    """An entry that is not written yet; `data` as for `append`."""

    actor: str
    verb: str
    subject: str
    at: datetime
    data: dict[str, Any] = field(default_factory=dict)


def append_all(lines: Iterable[Line]) -> None:
    """Writes many entries in the caller's transaction, in their order: one statement for each thousand."""
    rows = [
        Entry(
            actor=line.actor,
            verb=line.verb,
            subject=line.subject,
            data=line.data,
            at=line.at,
            digest=entry_digest(actor=line.actor, verb=line.verb, subject=line.subject, data=line.data, at=line.at),
        )
        for line in lines
    ]
    Entry.objects.bulk_create(rows, batch_size=1000)
