"""The payout lines of accepted work, as SQL over what was stored at acceptance (payouts.md, income.2)."""

from consulting.rules import sentences
from treasury.registry import PayoutKind, register

# What stays an expert's of a share: all of it, unless an exit was entered later with an earlier day. Then the part of
# the hours after it is the pool's: largest remainder between the two, a tie to the expert (`rules.splitting.kept`).
KEPT = """
CASE WHEN work.late = 0 THEN share.amount_micro
     ELSE div(2 * share.amount_micro::numeric * (work.hours - work.late) + work.hours, 2 * work.hours)::bigint END
"""

PARTS = f"""
parts AS (
  SELECT acceptance.id AS acceptance_id, share.reference, member.handle, share.amount_micro, share.inputs,
         work.hours, work.late, {KEPT} AS kept
  FROM consulting_acceptance acceptance
  JOIN consulting_share share ON share.acceptance_id = acceptance.id
  JOIN members_member member ON member.id = share.member_id
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(held.hours_centi), 0) AS hours,
           coalesce(sum(held.hours_centi) FILTER (WHERE NOT EXISTS (
             SELECT FROM members_membership period
             WHERE period.member_id = share.member_id AND held.held_on >= period.joined_on
               AND (period.exited_on IS NULL OR held.held_on <= period.exited_on))), 0) AS late
    FROM consulting_session held
    WHERE held.engagement_id = acceptance.engagement_id AND held.member_id = share.member_id
      AND (acceptance.session_id IS NULL OR held.id = acceptance.session_id)
  ) work
  WHERE acceptance.accepted_on BETWEEN %(first)s AND %(last)s
)"""  # noqa: S608

FACTS = """
jsonb_build_object('gross_micro', acceptance.gross_micro, 'individuals_micro', acceptance.individuals_micro,
                   'pool_micro', acceptance.pool_micro, 'share', acceptance.share, 'edition', acceptance.edition,
                   'accepted_on', acceptance.accepted_on)
"""

EXPERT = f"""
WITH {PARTS}
SELECT parts.reference, 'consulting', parts.handle, 'U', parts.kept, 'income.2.1',
       {FACTS} || parts.inputs || jsonb_build_object('share_micro', parts.amount_micro)
         || CASE WHEN parts.late = 0 THEN '{{}}'::jsonb
                 ELSE jsonb_build_object('own_centi', parts.hours, 'late_centi', parts.late) END,
       'escrow', engagement.reference, 'payable', parts.handle
FROM parts
JOIN consulting_acceptance acceptance ON acceptance.id = parts.acceptance_id
JOIN consulting_engagement engagement ON engagement.id = acceptance.engagement_id
WHERE parts.handle > %(after)s AND parts.handle <= %(upto)s
"""  # noqa: S608

POOL = f"""
WITH {PARTS}, released AS (
  SELECT acceptance_id, sum(amount_micro - kept)::bigint AS amount FROM parts GROUP BY acceptance_id
)
SELECT 'consulting-pool/' || engagement.reference || coalesce('/' || held.reference, ''), 'consulting-pool',
       'pool', 'U', acceptance.pool_micro + coalesce(released.amount, 0), 'income.2.1',
       {FACTS} || CASE WHEN held.id IS NULL THEN '{{}}'::jsonb
                       ELSE jsonb_build_object('hours_centi', held.hours_centi, 'rate_micro', held.rate_micro,
                                               'held_on', held.held_on) END
         || CASE WHEN coalesce(released.amount, 0) = 0 THEN '{{}}'::jsonb
                 ELSE jsonb_build_object('late_micro', released.amount) END,
       'escrow', engagement.reference, 'pool', ''
FROM consulting_acceptance acceptance
JOIN consulting_engagement engagement ON engagement.id = acceptance.engagement_id
LEFT JOIN consulting_session held ON held.id = acceptance.session_id
LEFT JOIN released ON released.acceptance_id = acceptance.id
WHERE acceptance.accepted_on BETWEEN %(first)s AND %(last)s
  AND 'pool' COLLATE "C" > %(after)s AND 'pool' COLLATE "C" <= %(upto)s
"""  # noqa: S608

EXPERT_KIND = register(PayoutKind("consulting", "income.2.1", EXPERT, sentences.expert))
POOL_KIND = register(PayoutKind("consulting-pool", "income.2.1", POOL, sentences.pool))
