"""The lock of a month's lines: chunks share it, whoever must know whether a line is posted holds it alone."""

from django.db import connection

# With the month as a number, 202610.
MONTH_LOCK = 0x3047


def share(month: str) -> None:
    """A chunk holds this to the end of its transaction, from before it looks at what is due."""
    _take("pg_advisory_xact_lock_shared", month)


def hold(month: str) -> None:
    """No chunk of the month is under way from here to the end of the transaction: what it posted is seen."""
    _take("pg_advisory_xact_lock", month)


def _take(function: str, month: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [MONTH_LOCK, int(month.replace("-", ""))])
