"""Counting rounds where their rows are: the database adds up, one row for each choice comes back."""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.db import connection

from charter.rules import thresholds
from proposals.models import Round
from proposals.rules.elections import counted
from proposals.rules.tallies import Tally

# The current ballot of a seat is that of its highest seq. The choice of a seat without any is empty.
VOTES = """
SELECT s.round_id, coalesce(b.choice, ''), count(*)
FROM proposals_seat s LEFT JOIN LATERAL (
  SELECT choice FROM proposals_ballot WHERE seat_id = s.id ORDER BY seq DESC LIMIT 1) b ON true
WHERE s.round_id = ANY(%s) GROUP BY 1, 2
"""


def tally_of(held: Round) -> Tally:
    """The tally of one round from its rows; inside the lock it cannot move."""
    return tallies_of([held])[held.pk]


def tallies_of(rounds: Sequence[Round]) -> dict[int, Tally]:
    """The tally of every round, in one query whatever their number."""
    votes = _votes(held.pk for held in rounds)
    return {
        held.pk: counted(thresholds.parse(held.rule), votes[held.pk].total(), votes[held.pk], held.candidates)
        for held in rounds
    }


def _votes(rounds: Iterable[int]) -> dict[int, Counter[str]]:
    """How many seats of each round chose what."""
    found = {round_id: Counter[str]() for round_id in rounds}
    with connection.cursor() as cursor:
        cursor.execute(VOTES, [list(found)])
        for round_id, choice, seats in cursor.fetchall():
            found[round_id][choice] = seats
    return found
