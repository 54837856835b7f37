"""What decides about one ballot, read in one statement after the lock: casting is the hot path."""

import json
from datetime import datetime

from django.db import connection

from accounts.models import User
from members.models import Member
from proposals.refusals import MembersOnly, UnknownRound
from proposals.rules.casting import Standing
from proposals.rules.states import Times

# A function of migration 0007: its plan is kept by the connection, and planning costs six times what reading does. The
# statement begins after the one that waited for the lock, so rows and clock_timestamp() are those under the lock.
STANDING = "SELECT * FROM proposals_standing(%s, %s, %s)"


def standing(*, round_id: int, voter: Member | User) -> tuple[datetime, Standing]:
    """The database's clock and how a member stands in a round, read together.

    The member may be named by the user who is one: their row is found in the same statement. Raises UnknownRound, and
    MembersOnly for a user who is no member.
    """
    who = [None, voter.pk] if isinstance(voter, User) else [voter.pk, None]
    with connection.cursor() as cursor:
        cursor.execute(STANDING, [round_id, *who])
        row = cursor.fetchone()
    if row is None:
        raise UnknownRound
    now, round_number, opened_at, earliest_end_at, deadline_at, final, *rest = row
    hidden, candidates, unanimous, closed, handle, seat, *rest = rest
    if handle is None:
        raise MembersOnly
    staying, seq, choice, number, link, others_in_favour = rest
    return now, Standing(
        round=round_id,
        round_number=round_number,
        times=Times(opened_at, earliest_end_at, deadline_at, final),
        closed=closed,
        seat=seat,
        handle=handle,
        staying=bool(staying),
        seq=seq,
        choice=choice,
        number=number,
        link=link,
        others_in_favour=others_in_favour,
        unanimous=unanimous,
        hidden=hidden,
        candidates=tuple(json.loads(candidates) if isinstance(candidates, str) else candidates),
    )
