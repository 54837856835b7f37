"""Writing a ballot with its journal entry in one statement: the hot path, where the ORM would cost more than the rules.

Everywhere else entries are written by `journal.services.entries`. Here both rows are one INSERT, so neither is without
the other; `verify` recomputes the entry's digest like any other's. A ballot of a round that is hidden until closed has
no entry before the closing.
"""

import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from journal.models import Entry
from journal.rules import entry_digest
from proposals.models import Ballot

BALLOT = (
    "seat_id", "proposal_id", "number", "seq", "choice", "nonce", "reason_digest", "commitment", "previous", "receipt",
    "cast_at",
)  # fmt: skip
# Taken at random where gaps between keys would count ballots; the sequence never comes here.
FIRST_HIDDEN_KEY, KEY_BITS = 1 << 62, 62
ENTRY = ("actor", "verb", "subject", "data", "at", "digest")


def _insert(table: str, columns: Sequence[str]) -> str:
    values = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values})"  # noqa: S608  # names of our own columns


WRITE = f"WITH entry AS ({_insert(Entry._meta.db_table, ENTRY)}) {_insert(Ballot._meta.db_table, BALLOT)} RETURNING id"
WRITE_HIDDEN = _insert(Ballot._meta.db_table, ("id", *BALLOT))


def write_hidden(ballot: Ballot) -> None:
    """Writes an unsaved ballot of a hidden round, under a key that says nothing of when or after whom."""
    ballot.pk = FIRST_HIDDEN_KEY + secrets.randbits(KEY_BITS)
    with connection.cursor() as cursor:
        cursor.execute(WRITE_HIDDEN, [ballot.pk, *(getattr(ballot, name) for name in BALLOT)])


def write(ballot: Ballot, *, actor: str, subject: str, at: datetime) -> None:
    """Writes an unsaved ballot and the entry of its cast in the caller's transaction; the ballot gets its id."""
    data: dict[str, Any] = {"number": ballot.number, "receipt": ballot.receipt}
    digest = entry_digest(actor=actor, verb="ballot.cast", subject=subject, data=data, at=at)
    with connection.cursor() as cursor:
        cursor.execute(
            WRITE,
            [actor, "ballot.cast", subject, json.dumps(data), at, digest, *(getattr(ballot, name) for name in BALLOT)],
        )
        (ballot.pk,) = cursor.fetchone()
