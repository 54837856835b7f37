"""The one lock of a proposal: its row. Casting, closing, opening and carrying out take it first and read afterwards."""

from datetime import date

from django.db import connection

from members.models import Application
from members.selectors import people

# NO KEY: rows that refer to the proposal can be written meanwhile, only its other writers wait.
BY_ROUND = """
SELECT p.id, p.number FROM proposals_proposal p
WHERE p.id = (SELECT proposal_id FROM proposals_round WHERE id = %s) FOR NO KEY UPDATE
"""
BY_ID = "SELECT id, number FROM proposals_proposal WHERE id = %s FOR NO KEY UPDATE"
# Numbers of proposals are given one after the other, and nobody opens the same acts beside another.
NUMBERING = 0x9A0905A1
# With the key of an account: what one person writes is counted one after the other.
AUTHORS = 0x0C03


def hold_of_round(round_id: int) -> tuple[int, int] | None:
    """Waits for the lock of a round's proposal; its id and number, or None if there is no such round."""
    return _hold(BY_ROUND, round_id)


def hold(proposal_id: int) -> tuple[int, int] | None:
    """Waits for a proposal's lock; its id and number, or None if there is none."""
    return _hold(BY_ID, proposal_id)


def _hold(sql: str, key: int) -> tuple[int, int] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, [key])
        row: tuple[int, int] | None = cursor.fetchone()
    return row


def hold_members(day: date) -> None:
    """Waits for the rows of a day's members: whoever declares a leave holds the own. After the proposal's lock."""
    list(people.active_on(day).select_for_update(no_key=True).values_list("pk"))


def hold_application(application_id: int | None) -> Application:
    """Waits for the row of what an admission decides on: its author's edits take it too. After the proposal's lock."""
    assert application_id is not None
    return Application.objects.select_for_update(no_key=True).get(pk=application_id)


def hold_numbering() -> None:
    """Waits until nobody else gives a proposal its number or opens a next round; released with the transaction.

    After an existing proposal's lock: whoever holds this one takes none but that of the row just written.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERING])


def hold_author(user_id: int) -> None:
    """Waits until nothing else that a person writes is being kept; taken before any proposal's lock."""
    with connection.cursor() as cursor:
        # Two numbers of 32 bits are another space than NUMBERING's.
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [AUTHORS, user_id % 2**31])
