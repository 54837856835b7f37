"""What `manage.py verify` checks of consulting: parts that add up, money in its place, weeks within the cap."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from charter.selectors import timeline
from consulting.rules import offering
from journal import writing
from journal.registry import invariant

UNEQUAL = """
SELECT engagement.reference, acceptance.gross_micro, acceptance.pool_micro + coalesce(sum(share.amount_micro), 0)
FROM consulting_acceptance acceptance
JOIN consulting_engagement engagement ON engagement.id = acceptance.engagement_id
LEFT JOIN consulting_share share ON share.acceptance_id = acceptance.id
GROUP BY acceptance.id, engagement.reference
HAVING acceptance.gross_micro <> acceptance.pool_micro + coalesce(sum(share.amount_micro), 0)
ORDER BY acceptance.id
"""

# By the hour each session of an accepted engagement has its acceptance, worth hours × rate; a fixed price has one.
UNSOUND = """
SELECT engagement.reference
FROM consulting_engagement engagement
LEFT JOIN consulting_session held ON held.engagement_id = engagement.id AND engagement.pricing = 'hourly'
LEFT JOIN consulting_acceptance acceptance
  ON acceptance.engagement_id = engagement.id AND acceptance.session_id IS NOT DISTINCT FROM held.id
WHERE engagement.accepted_on IS NOT NULL AND (engagement.pricing = 'fixed' OR held.id IS NOT NULL)
  AND (acceptance.id IS NULL OR acceptance.accepted_on <> engagement.accepted_on
       OR acceptance.gross_micro <> CASE engagement.pricing WHEN 'fixed' THEN engagement.price_micro
          ELSE treasury_round_even(held.hours_centi::numeric * held.rate_micro, 100) END)
ORDER BY engagement.reference COLLATE "C"
"""

# What an acceptance fixed is in the journal (of imported ones in the lines once they are posted).
TOLD = """
SELECT DISTINCT told.reference FROM (
  SELECT part.key AS reference, part.value::bigint AS amount
  FROM journal_entry entry CROSS JOIN LATERAL jsonb_each_text(entry.data -> 'parts') part
  WHERE entry.verb = 'engagement.accept'
  UNION ALL
  SELECT base, (inputs ->> 'share_micro')::bigint FROM treasury_payoutline
  WHERE kind = 'consulting' AND inputs ? 'share_micro'
) told
LEFT JOIN consulting_share share ON share.reference = told.reference
WHERE share.amount_micro IS DISTINCT FROM told.amount
ORDER BY told.reference
"""

# What came in at acceptance and was not paid out by a line yet is still there, to the micro-unit: so an engagement
# whose lines are all posted holds zero.
ESCROW = """
WITH owed AS (
  SELECT engagement_id, sum(gross_micro) AS gross FROM consulting_acceptance GROUP BY engagement_id
), paid AS (
  SELECT split_part(base, '/', 2) AS reference, sum(amount_micro) AS amount
  FROM treasury_payoutline WHERE kind IN ('consulting', 'consulting-pool') GROUP BY 1
)
SELECT engagement.reference, coalesce(balance.amount_micro, 0), owed.gross - coalesce(paid.amount, 0)
FROM owed
JOIN consulting_engagement engagement ON engagement.id = owed.engagement_id
LEFT JOIN treasury_account account ON account.kind = 'escrow' AND account.owner = engagement.reference
LEFT JOIN treasury_balance balance ON balance.account_id = account.id
LEFT JOIN paid ON paid.reference = engagement.reference
WHERE coalesce(balance.amount_micro, 0) <> owed.gross - coalesce(paid.amount, 0)
ORDER BY engagement.reference COLLATE "C"
"""

WEEKS = """
SELECT member.handle, date_trunc('week', held.held_on)::date, sum(held.hours_centi)
FROM consulting_session held JOIN members_member member ON member.id = held.member_id
GROUP BY 1, 2 HAVING sum(held.hours_centi) > %s ORDER BY 1, 2
"""


OFFERS = """
SELECT member.handle, profile.time_zone,
  profile.published_at IS NOT NULL AND (profile.headline = '' OR profile.rate_micro IS NULL
    OR cardinality(profile.forms) = 0 OR cardinality(profile.languages) = 0),
  EXISTS (
    SELECT FROM consulting_window w
    WHERE w.profile_id = profile.id AND (w.starts_minute % 30, w.ends_minute % 30) <> (0, 0)
    UNION ALL
    SELECT FROM consulting_dayexception d
    WHERE d.profile_id = profile.id AND (d.starts_minute % 30, d.ends_minute % 30) <> (0, 0)
  )
FROM consulting_profile profile JOIN members_member member ON member.id = profile.member_id
ORDER BY member.handle COLLATE "C"
"""


@invariant("consulting.shares")
def parts_add_up() -> Iterable[str]:
    """What a client owes is the experts' shares and the pool's part, to the micro-unit (income.2.1)."""
    for reference, gross, parts in _rows(UNEQUAL):
        yield _("%(reference)s: %(gross)s U were accepted, but its parts are %(parts)s U.") % {
            "reference": reference,
            "gross": writing.amount(int(gross)),
            "parts": writing.amount(int(parts)),
        }


@invariant("consulting.fixed")
def shares_as_fixed() -> Iterable[str]:
    """An expert's share is what the journal and the payout lines say was fixed at acceptance."""
    for (reference,) in _rows(TOLD):
        yield _("%(reference)s is not what was fixed at acceptance.") % {"reference": reference}


@invariant("consulting.acceptances")
def accepted_in_full() -> Iterable[str]:
    """An accepted engagement is accepted in full, for what hours and rates or its price come to."""
    for (reference,) in _rows(UNSOUND):
        yield _("%(reference)s is accepted, but its acceptances are not what its sessions or price say.") % {
            "reference": reference
        }


@invariant("consulting.escrow")
def escrow_settled() -> Iterable[str]:
    """An engagement holds what was accepted and not paid out yet; with every line posted that is zero."""
    for reference, held, due in _rows(ESCROW):
        yield _("%(reference)s holds %(held)s U where %(due)s U belong.") % {
            "reference": reference,
            "held": writing.amount(int(held)),
            "due": writing.amount(int(due)),
        }


@invariant("consulting.week")
def weeks_within_cap() -> Iterable[str]:
    """Nobody sold more hours in an ISO week than the cap in force on its Monday (income.2.2)."""
    charter = timeline()
    lowest = min(charter.terms_on(day).weekly_hours_max_centi for day in [date.min, *charter.starts])
    for handle, monday, hours in _rows(WEEKS, lowest):
        cap = charter.terms_on(monday).weekly_hours_max_centi
        if hours > cap:
            yield _("%(handle)s sold %(hours)s in the week from %(monday)s, of at most %(cap)s.") % {
                "handle": handle,
                "hours": writing.hours(int(hours)),
                "monday": monday.isoformat(),
                "cap": writing.hours(cap),
            }


@invariant("consulting.offers")
def offers_hold() -> Iterable[str]:
    """A public profile says what it must; free times can be worked out: zones are known, hours keep the grid."""
    for handle, zone, silent, off_grid in _rows(OFFERS):
        if silent:
            yield _("%(handle)s’s profile is public without headline, form, rate or language.") % {"handle": handle}
        if zone not in offering.zones():
            yield _("%(handle)s’s profile is in the zone %(zone)s, which is none.") % {"handle": handle, "zone": zone}
        if off_grid:
            yield _("%(handle)s has hours that do not begin or end on a half hour.") % {"handle": handle}


def _rows(statement: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        return list(cursor.fetchall())
