"""The one lock of a proposal: its row. Casting, closing, opening and carrying out take it first and read afterwards."""

from django.db import connection

from members.models import Application

# NO KEY: rows that refer to the proposal can be written meanwhile, only its other writers wait.
BY_ROUND = """
SELECT p.id, p.number FROM proposals_proposal p
WHERE p.id = (SELECT proposal_id FROM proposals_round WHERE id = %s) FOR NO KEY UPDATE
"""
BY_ID = "SELECT id, number FROM proposals_proposal WHERE id = %s FOR NO KEY UPDATE"
# Numbers of proposals are given one after the other.
NUMBERING = 0x9A0905A1


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


def hold_application(application_id: int | None) -> Application:
    """Waits for the row of what an admission decides on: its author's edits take it too. After the proposal's lock."""
    assert application_id is not None
    return Application.objects.select_for_update(no_key=True).get(pk=application_id)


def hold_numbering() -> None:
    """Waits until nobody else gives a proposal its number; released with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERING])
