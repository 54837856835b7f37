"""What `manage.py verify` checks of consulting: parts that add up, money in its place, weeks within the cap."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from charter.selectors import timeline
from consulting.models import Article
from consulting.rules import offering, refunding
from consulting.rules import writing as writing_rules
from consulting.selectors.files import missing
from consulting.selectors.weeks import taken_ever
from journal import writing
from journal.registry import invariant
from members.models import Member

UNEQUAL = """
SELECT engagement.reference, acceptance.gross_micro, acceptance.pool_micro + coalesce(sum(share.amount_micro), 0)
FROM consulting_acceptance acceptance
JOIN consulting_engagement engagement ON engagement.id = acceptance.engagement_id
LEFT JOIN consulting_share share ON share.acceptance_id = acceptance.id
GROUP BY acceptance.id, engagement.reference
HAVING acceptance.gross_micro <> acceptance.pool_micro + coalesce(sum(share.amount_micro), 0)
ORDER BY acceptance.id
"""

# Each unit of an accepted engagement has its acceptance: a session by the hour, else a milestone, else the whole. What
# was shared and what was refunded before come to the unit's price, whether the engagement is closed or not.
UNSOUND = """
WITH unit AS (
  SELECT held.engagement_id, held.id AS session_id, NULL::bigint AS milestone_id,
         treasury_round_even(held.hours_centi::numeric * held.rate_micro, 100) AS price
  FROM consulting_session held WHERE held.rate_micro IS NOT NULL
  UNION ALL
  SELECT engagement_id, NULL, id, price_micro FROM consulting_milestone
  UNION ALL
  SELECT id, NULL, NULL, price_micro FROM consulting_engagement e WHERE pricing = 'fixed'
    AND NOT EXISTS (SELECT FROM consulting_milestone m WHERE m.engagement_id = e.id)
), refunded AS (
  SELECT engagement_id, session_id, milestone_id, sum(amount_micro) AS amount FROM consulting_refund
  WHERE acceptance_id IS NULL GROUP BY 1, 2, 3
)
SELECT DISTINCT engagement.reference COLLATE "C"
FROM consulting_engagement engagement
JOIN unit ON unit.engagement_id = engagement.id
LEFT JOIN consulting_acceptance acceptance ON acceptance.engagement_id = engagement.id
  AND (acceptance.session_id, acceptance.milestone_id) IS NOT DISTINCT FROM (unit.session_id, unit.milestone_id)
LEFT JOIN refunded ON refunded.engagement_id = engagement.id
  AND (refunded.session_id, refunded.milestone_id) IS NOT DISTINCT FROM (unit.session_id, unit.milestone_id)
WHERE (acceptance.id IS NULL AND engagement.accepted_on IS NOT NULL)
  OR coalesce(refunded.amount, 0) > unit.price
  OR (acceptance.id IS NOT NULL AND (acceptance.accepted_on > coalesce(engagement.accepted_on, 'infinity')
      OR acceptance.gross_micro + acceptance.counted_off_micro <> unit.price
      OR acceptance.counted_off_micro <> coalesce(refunded.amount, 0)))
ORDER BY 1
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

# What accepted work needs and no line has paid out yet is held, to the micro-unit; of an engagement that is closed
# nothing else is: so with every line posted it holds zero. Before that more may be held, what was paid in advance.
ESCROW = """
WITH owed AS (
  SELECT engagement_id, sum(gross_micro) AS gross FROM consulting_acceptance GROUP BY engagement_id
), back AS (
  SELECT acceptance.engagement_id, sum(part.amount_micro) AS amount
  FROM consulting_refundpart part JOIN consulting_acceptance acceptance ON acceptance.id = part.acceptance_id
  WHERE part.source = 'escrow' GROUP BY 1
), paid AS (
  SELECT split_part(base, '/', 2) AS reference, sum(amount_micro) AS amount
  FROM treasury_payoutline WHERE kind IN ('consulting', 'consulting-pool') GROUP BY 1
), due AS (
  SELECT engagement.reference, engagement.accepted_on, coalesce(balance.amount_micro, 0) AS held,
         coalesce(owed.gross, 0) - coalesce(back.amount, 0) - coalesce(paid.amount, 0) AS amount
  FROM consulting_engagement engagement
  LEFT JOIN owed ON owed.engagement_id = engagement.id
  LEFT JOIN back ON back.engagement_id = engagement.id
  LEFT JOIN paid ON paid.reference = engagement.reference
  LEFT JOIN treasury_account account ON account.kind = 'escrow' AND account.owner = engagement.reference
  LEFT JOIN treasury_balance balance ON balance.account_id = account.id
)
SELECT reference, held, amount FROM due
WHERE held < amount OR (accepted_on IS NOT NULL AND held <> amount)
ORDER BY reference COLLATE "C"
"""

# Every refund after acceptance with the shares of its acceptance in the order in which they are taken from.
REFUNDED = """
SELECT engagement.reference, acceptance.id, sum(refund.amount_micro)::bigint,
  (SELECT array_agg(share.amount_micro ORDER BY member.handle COLLATE "C")
   FROM consulting_share share JOIN members_member member ON member.id = share.member_id
   WHERE share.acceptance_id = acceptance.id) || acceptance.pool_micro,
  (SELECT array_agg(coalesce(taken.amount, 0) ORDER BY member.handle COLLATE "C")
   FROM consulting_share share JOIN members_member member ON member.id = share.member_id
   LEFT JOIN (SELECT share_id, sum(amount_micro)::bigint AS amount FROM consulting_refundpart GROUP BY 1) taken
     ON taken.share_id = share.id
   WHERE share.acceptance_id = acceptance.id)
  || coalesce((SELECT sum(part.amount_micro)::bigint FROM consulting_refundpart part
               WHERE part.acceptance_id = acceptance.id AND part.share_id IS NULL), 0)
FROM consulting_refund refund
JOIN consulting_acceptance acceptance ON acceptance.id = refund.acceptance_id
JOIN consulting_engagement engagement ON engagement.id = acceptance.engagement_id
GROUP BY engagement.reference, acceptance.id ORDER BY engagement.reference COLLATE "C", acceptance.id
"""

# A percentage closed the engagement; while a dispute is open it cannot be closed.
DISPUTES = """
SELECT DISTINCT engagement.reference COLLATE "C" FROM consulting_dispute dispute
JOIN consulting_engagement engagement ON engagement.id = dispute.engagement_id
WHERE (dispute.closed_at IS NULL AND engagement.accepted_on IS NOT NULL)
   OR (dispute.percent IS NOT NULL AND engagement.accepted_on IS NULL)
ORDER BY 1
"""

# Two live bookings of one expert at one time; and a booking that does not know that its invoice is paid.
BOOKINGS = """
SELECT one.reference, other.reference FROM consulting_booking one
JOIN consulting_booking other ON other.member_id = one.member_id AND other.id > one.id AND other.during && one.during
WHERE one.released_at IS NULL AND other.released_at IS NULL
UNION ALL
SELECT booking.reference, '' FROM consulting_booking booking
JOIN consulting_invoice invoice ON invoice.id = booking.invoice_id
WHERE booking.paid_at IS NULL AND invoice.total_micro = (
  SELECT sum(amount_micro) FROM consulting_allocation WHERE invoice_id = invoice.id)
ORDER BY 1, 2
"""


# A year's invoices are 1, 2, 3 … up to the last number of its series; their lines are their total.
INVOICES = """
SELECT coalesce(series.name, sent.year), coalesce(series.last, 0), coalesce(sent.count, 0), coalesce(sent.most, 0)
FROM (SELECT name, last FROM consulting_series WHERE name ~ '^[0-9]{4}$') series
FULL JOIN (
  SELECT split_part(number, '-', 1) AS year, count(*) AS count, max(split_part(number, '-', 2)::int) AS most
  FROM consulting_invoice GROUP BY 1
) sent ON sent.year = series.name
WHERE (series.last, sent.count, sent.most) IS DISTINCT FROM (series.last, series.last::bigint, series.last)
ORDER BY 1
"""

# What is paid on the invoices of work that is not closed has come into its escrow, whatever went out of it since.
HELD = """
SELECT engagement.reference, paid.amount, coalesce(moved.amount, 0)
FROM consulting_engagement engagement
JOIN (
  SELECT invoice.engagement_id, sum(allocation.amount_micro) AS amount
  FROM consulting_allocation allocation JOIN consulting_invoice invoice ON invoice.id = allocation.invoice_id GROUP BY 1
) paid ON paid.engagement_id = engagement.id
LEFT JOIN (
  SELECT coalesce(back.owner, held.owner) AS owner,
         sum(CASE WHEN transfer.reverses_id IS NULL THEN 1 ELSE -1 END * transfer.amount_micro) AS amount
  FROM treasury_transfer transfer
  LEFT JOIN treasury_account held ON held.id = transfer.credit_id AND held.kind = 'escrow'
  LEFT JOIN treasury_account back ON back.id = transfer.debit_id AND back.kind = 'escrow'
  WHERE CASE WHEN transfer.reverses_id IS NULL THEN held.id ELSE back.id END IS NOT NULL
  GROUP BY 1
) moved ON moved.owner = engagement.reference
WHERE engagement.accepted_on IS NULL AND coalesce(moved.amount, 0) < paid.amount
ORDER BY engagement.reference COLLATE "C"
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
    """An engagement holds what was accepted and not paid out yet; once closed nothing else, so in the end zero."""
    for reference, held, due in _rows(ESCROW):
        yield _("%(reference)s holds %(held)s U where %(due)s U belong.") % {
            "reference": reference,
            "held": writing.amount(int(held)),
            "due": writing.amount(int(due)),
        }


@invariant("consulting.refunds")
def refunds_of_shares() -> Iterable[str]:
    """What went back after acceptance is of each share what the one rule says of the total, never above it."""
    for reference, _acceptance, refunded, shares, taken in _rows(REFUNDED):
        if refunded > sum(shares) or refunding.refunded_parts(refunded, shares) != list(taken):
            yield _("%(reference)s: what was refunded of its shares is not what %(refunded)s U come to.") % {
                "reference": reference,
                "refunded": writing.amount(refunded),
            }


@invariant("consulting.disputes")
def disputes_settled() -> Iterable[str]:
    """A dispute that ended by a percentage closed its engagement; one that is open keeps it open."""
    for (reference,) in _rows(DISPUTES):
        yield _("%(reference)s and its dispute do not agree on whether it is closed.") % {"reference": reference}


@invariant("consulting.invoices")
def invoices_without_gap() -> Iterable[str]:
    """No invoice's number is missing or there twice."""
    for year, last, count, most in _rows(INVOICES):
        yield _("The invoices of %(year)s are %(count)s up to number %(most)s; the last number given is %(last)s.") % {
            "year": year,
            "count": count,
            "most": most,
            "last": last,
        }


@invariant("consulting.held")
def paid_is_held() -> Iterable[str]:
    """What a client paid for work that is not closed came into its escrow."""
    for reference, paid, moved in _rows(HELD):
        yield _("%(paid)s U are paid for %(reference)s, but only %(moved)s U came into its escrow.") % {
            "reference": reference,
            "paid": writing.amount(int(paid)),
            "moved": writing.amount(int(moved)),
        }


@invariant("consulting.week")
def weeks_within_cap() -> Iterable[str]:
    """Nobody sold more hours in an ISO week than the cap in force on its Monday (income.2.2): the one count of all."""
    charter = timeline()
    names = dict(Member.objects.values_list("pk", "handle"))
    found = taken_ever(charter.terms_on(max([date.min, *charter.starts])).time_zone)
    for (member, monday), hours in sorted(found.items(), key=lambda row: (names[row[0][0]], row[0][1])):
        cap = charter.terms_on(monday).weekly_hours_max_centi
        if hours > cap:
            yield _("%(handle)s sold %(hours)s in the week from %(monday)s, of at most %(cap)s.") % {
                "handle": names[member],
                "hours": writing.hours(int(hours)),
                "monday": monday.isoformat(),
                "cap": writing.hours(cap),
            }


@invariant("consulting.bookings")
def times_sold_once() -> Iterable[str]:
    """No expert's time is sold twice, and no booking waits for money that has arrived."""
    for reference, other in _rows(BOOKINGS):
        if other:
            yield _("%(reference)s and %(other)s are sold for the same time.") % {
                "reference": reference,
                "other": other,
            }
        else:
            yield _("%(reference)s waits for a payment that has arrived.") % {"reference": reference}


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


@invariant("consulting.files")
def files_there() -> Iterable[str]:
    """Every file that somebody sent lies in its folder, in its length."""
    for name in missing():
        yield _("The file %(name)s is not in its folder, or not whole.") % {"name": name}


@invariant("consulting.articles")
def articles_as_agreed() -> Iterable[str]:
    """What is public about a client's work is, word for word, what its client agreed to."""
    for article in Article.objects.filter(published_at__isnull=False).iterator(100):
        if article.digest != writing_rules.digest_of(article):
            yield _("Article %(number)s is not what its digest says.") % {"number": article.pk}
        if article.engagement_id is not None and article.consent_digest != article.digest:
            yield _("Article %(number)s is public in words that its client did not agree to.") % {"number": article.pk}


def _rows(statement: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        return list(cursor.fetchall())
