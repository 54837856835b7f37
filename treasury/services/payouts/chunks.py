"""Payees in chunks: handles in byte order, the pool last.

What an expert gives back after a late exit must be held again before the pool takes it: escrow is never below zero.
"""

from dataclasses import dataclass

from django.db import connection

from treasury.selectors import due

# Payees a chunk: about a dozen lines each, half a second of work; progress is seen, locks are short.
CHUNK = 3000
POOL = "pool"
# After every handle that is before the pool: no handle has a tilde.
BEFORE_POOL = "pook~"


@dataclass(frozen=True)
class Chunk:
    """Payees after one handle up to and with another; `done` of `total` payees are in with it."""

    after: str
    upto: str
    done: int
    total: int


def following(position: str, after: Chunk | None = None) -> Chunk | None:
    """The payees that come after those up to `position` (of the chunk before, if known); None when the pool was."""
    if position == POOL:
        return None
    done, whole = (after.done, after.total) if after else (_count(position), total())
    for start, end in ((position, BEFORE_POOL), (max(position, POOL), due.LAST)):
        upto, count = _handles(start, end)
        if count:
            return Chunk(start, upto, done + count, whole)
    return Chunk(BEFORE_POOL, POOL, whole, whole)


def total() -> int:
    """All payees: everybody who ever was a member, and the pool."""
    return _count(due.LAST) + 1


def _count(position: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM members_member WHERE handle <= %s", [position])
        (count,) = cursor.fetchone()
    return int(count)


def _handles(start: str, end: str) -> tuple[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(max(handle), ''), count(*) FROM ("
            " SELECT handle FROM members_member WHERE handle > %s AND handle <= %s ORDER BY handle LIMIT %s) h",
            [start, end, CHUNK],
        )
        upto, count = cursor.fetchone()
    return upto, count
