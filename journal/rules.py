"""What an entry and a link of the chain commit to; pure, and the whole of what `verify` recomputes."""

from datetime import UTC, datetime
from typing import Any

from journal.hashing import digest

# The actor of what nobody did: the worker, by its clock or its queue.
WORKER = "system:worker"
GENESIS = "0" * 64


def utc_text(moment: datetime) -> str:
    """`2026-11-20T12:00:00.000000Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def entry_digest(*, actor: str, verb: str, subject: str, data: dict[str, Any], at: datetime) -> str:
    """What a seal commits to: everything the entry says, with `at` in UTC to the microsecond."""
    return digest("entry", {"actor": actor, "verb": verb, "subject": subject, "data": data, "at": utc_text(at)})


def seal_digest(*, number: int, previous: str, entry_id: int, entry_digest: str) -> str:
    """The digest of link `number`: it binds the previous link and the entry's own digest."""
    return digest("seal", {"number": number, "previous": previous, "entry": entry_id, "digest": entry_digest})
