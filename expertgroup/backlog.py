"""How far behind the worker is: the measure of its health, because a deaf worker still answers a ping."""

from dataclasses import dataclass

from django.db import connection

# The worker sweeps every two seconds; work that is due for this long has nobody who does it.
LATE_SECONDS = 120

BACKLOG = """
SELECT coalesce(extract(epoch FROM clock_timestamp() - min(due_at)
         FILTER (WHERE parked_at IS NULL AND due_at < clock_timestamp()
                   AND (lease_until IS NULL OR lease_until < clock_timestamp()))), 0)::float8,
       count(*) FILTER (WHERE parked_at IS NOT NULL)
         + (SELECT count(*) FROM journal_outbox WHERE delivered_at IS NULL AND parked_at IS NOT NULL)
FROM journal_job WHERE finished_at IS NULL
"""


@dataclass(frozen=True)
class Backlog:
    """Seconds for which the oldest job that nobody holds has been due; how many jobs and messages were given up."""

    oldest_due_seconds: float
    parked: int


def backlog() -> Backlog:
    """Both in one query; 0 when nothing waits."""
    with connection.cursor() as cursor:
        cursor.execute(BACKLOG)
        return Backlog(*cursor.fetchone())


def oldest_due_seconds() -> float:
    """How far behind the worker is."""
    return backlog().oldest_due_seconds
