"""The clock that decides deadlines: PostgreSQL's own, asked after the lock is held."""

from collections.abc import Callable
from datetime import datetime

from django.db import connection

Clock = Callable[[], datetime]


def database_clock() -> datetime:
    """The database's wall clock now (aware), not the transaction's start: a lock may have been waited for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
    return moment  # type: ignore[no-any-return]
