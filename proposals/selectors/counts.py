"""Counting rounds from their rows."""

from collections.abc import Iterable, Sequence

from django.db import connection

from charter.rules import thresholds
from proposals.models import Round
from proposals.rules.tallies import Cast, Tally, tally

# Only the latest ballot of each seat is read: the chain may be long, the electorate is what it is.
CURRENT = """
SELECT s.round_id, s.id, coalesce(b.seq, 0), b.choice
FROM proposals_seat s LEFT JOIN LATERAL (
  SELECT seq, choice FROM proposals_ballot WHERE seat_id = s.id ORDER BY seq DESC LIMIT 1) b ON true
WHERE s.round_id = ANY(%s)
"""


def tally_of(held: Round) -> Tally:
    """The tally of one round from its rows; inside the lock it cannot move."""
    return tallies_of([held])[held.pk]


def tallies_of(rounds: Sequence[Round]) -> dict[int, Tally]:
    """The tally of every round, in one query whatever their number."""
    rows = _current(held.pk for held in rounds)
    return {
        held.pk: tally(
            thresholds.parse(held.rule),
            [seat for seat, _seq, _choice in rows.get(held.pk, ())],
            [Cast(seat, seq, choice) for seat, seq, choice in rows.get(held.pk, ()) if choice],
        )
        for held in rounds
    }


def _current(rounds: Iterable[int]) -> dict[int, list[tuple[int, int, str]]]:
    found: dict[int, list[tuple[int, int, str]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(CURRENT, [list(rounds)])
        for round_id, seat, seq, choice in cursor.fetchall():
            found.setdefault(round_id, []).append((seat, seq, choice))
    return found
