"""The payout lines of accepted work, as SQL over what was stored at acceptance (payouts.md, income.2)."""

from django.db import connection

from consulting.models import Acceptance
from consulting.rules import sentences
from treasury.registry import PayoutKind, register

# What stays an expert's of a share: all of it, unless an exit was entered later with an earlier day. Then the part of
# the hours after it is the pool's: largest remainder between the two, a tie to the expert (`rules.splitting.kept`).
KEPT = """
CASE WHEN work.late = 0 THEN share.amount_micro
     ELSE div(2 * share.amount_micro::numeric * (work.hours - work.late) + work.hours, 2 * work.hours)::bigint END
"""

# Of a share that was refunded in part only the rest is shared so (`share.amount_micro` below; `stored_micro` was
# fixed). What was refunded out of money that a line had posted stays in the line that posted it: whoever got it has
# given it back already.
PARTS = f"""
parts AS (
  SELECT acceptance.id AS acceptance_id, share.reference, member.handle, share.stored_micro, share.inputs,
         work.hours, work.late, back.held, {KEPT} + back.payable AS paid,
         share.amount_micro - {KEPT} + back.pool AS released
  FROM consulting_acceptance acceptance
  JOIN consulting_share stored ON stored.acceptance_id = acceptance.id
  JOIN members_member member ON member.id = stored.member_id
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(part.amount_micro) FILTER (WHERE part.source = 'escrow'), 0)::bigint AS held,
           coalesce(sum(part.amount_micro) FILTER (WHERE part.source = 'payable'), 0)::bigint AS payable,
           coalesce(sum(part.amount_micro) FILTER (WHERE part.source = 'pool'), 0)::bigint AS pool
    FROM consulting_refundpart part
    WHERE part.acceptance_id = acceptance.id AND part.share_id = stored.id
  ) back
  CROSS JOIN LATERAL (
    SELECT stored.reference, stored.inputs, stored.amount_micro AS stored_micro,
           stored.amount_micro - back.held - back.payable - back.pool AS amount_micro
  ) share
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(held.hours_centi), 0) AS hours,
           coalesce(sum(held.hours_centi) FILTER (WHERE NOT EXISTS (
             SELECT FROM members_membership period
             WHERE period.member_id = stored.member_id AND held.held_on >= period.joined_on
               AND (period.exited_on IS NULL OR held.held_on <= period.exited_on))), 0) AS late
    FROM consulting_session held
    WHERE held.engagement_id = acceptance.engagement_id AND held.member_id = stored.member_id
      AND (acceptance.session_id IS NULL OR held.id = acceptance.session_id)
      AND (acceptance.milestone_id IS NULL OR held.milestone_id = acceptance.milestone_id)
  ) work
  WHERE acceptance.accepted_on BETWEEN %(first)s AND %(last)s
)"""  # noqa: S608

FACTS = """
jsonb_build_object('gross_micro', acceptance.gross_micro, 'individuals_micro', acceptance.individuals_micro,
                   'pool_micro', acceptance.pool_micro, 'share', acceptance.share, 'edition', acceptance.edition,
                   'accepted_on', acceptance.accepted_on)
|| CASE acceptance.counted_off_micro WHEN 0 THEN '{}'::jsonb
        ELSE jsonb_build_object('counted_off_micro', acceptance.counted_off_micro) END
"""

EXPERT = f"""
WITH {PARTS}
SELECT parts.reference, 'consulting', parts.handle, 'U', parts.paid, 'income.2.1',
       {FACTS} || parts.inputs || jsonb_build_object('share_micro', parts.stored_micro)
         || CASE WHEN parts.late = 0 THEN '{{}}'::jsonb
                 ELSE jsonb_build_object('own_centi', parts.hours, 'late_centi', parts.late) END
         || CASE WHEN parts.held = 0 THEN '{{}}'::jsonb
                 ELSE jsonb_build_object('refunded_micro', parts.held) END,
       'escrow', engagement.reference, 'payable', parts.handle
FROM parts
JOIN consulting_acceptance acceptance ON acceptance.id = parts.acceptance_id
JOIN consulting_engagement engagement ON engagement.id = acceptance.engagement_id
WHERE parts.handle > %(after)s AND parts.handle <= %(upto)s
"""  # noqa: S608

POOL = f"""
WITH {PARTS}, released AS (
  SELECT acceptance_id, sum(released)::bigint AS amount FROM parts GROUP BY acceptance_id
), back AS (
  SELECT part.acceptance_id, sum(part.amount_micro)::bigint AS amount
  FROM consulting_refundpart part JOIN consulting_acceptance acceptance ON acceptance.id = part.acceptance_id
  WHERE part.share_id IS NULL AND part.source = 'escrow' AND acceptance.accepted_on BETWEEN %(first)s AND %(last)s
  GROUP BY 1
)
SELECT 'consulting-pool/' || engagement.reference
         || coalesce('/' || held.reference, '/' || milestone.reference, ''), 'consulting-pool',
       'pool', 'U', acceptance.pool_micro + coalesce(released.amount, 0) - coalesce(back.amount, 0), 'income.2.1',
       {FACTS} || CASE WHEN held.id IS NULL THEN '{{}}'::jsonb
                       ELSE jsonb_build_object('hours_centi', held.hours_centi, 'rate_micro', held.rate_micro,
                                               'held_on', held.held_on) END
         || CASE WHEN coalesce(released.amount, 0) = 0 THEN '{{}}'::jsonb
                 ELSE jsonb_build_object('late_micro', released.amount) END
         || CASE WHEN back.amount IS NULL THEN '{{}}'::jsonb
                 ELSE jsonb_build_object('refunded_micro', back.amount) END,
       'escrow', engagement.reference, 'pool', ''
FROM consulting_acceptance acceptance
JOIN consulting_engagement engagement ON engagement.id = acceptance.engagement_id
LEFT JOIN consulting_session held ON held.id = acceptance.session_id
LEFT JOIN consulting_milestone milestone ON milestone.id = acceptance.milestone_id
LEFT JOIN released ON released.acceptance_id = acceptance.id
LEFT JOIN back ON back.acceptance_id = acceptance.id
WHERE acceptance.accepted_on BETWEEN %(first)s AND %(last)s
  AND 'pool' COLLATE "C" > %(after)s AND 'pool' COLLATE "C" <= %(upto)s
"""  # noqa: S608

DUE_OF = f"WITH {PARTS} SELECT reference, paid FROM parts WHERE acceptance_id = %(acceptance)s"  # noqa: S608


def due_of(acceptance: Acceptance) -> dict[str, int]:
    """What the line of each expert's share comes to now, posted or not, by its reference; zero where it vanished."""
    day = acceptance.accepted_on
    with connection.cursor() as cursor:
        cursor.execute(DUE_OF, {"first": day, "last": day, "acceptance": acceptance.pk})
        return dict(cursor.fetchall())


EXPERT_KIND = register(PayoutKind("consulting", "income.2.1", EXPERT, sentences.expert))
POOL_KIND = register(PayoutKind("consulting-pool", "income.2.1", POOL, sentences.pool))
