"""The treasury's own payout kinds: stipends and POW, as set-wise SQL with exact numerators."""

from treasury.registry import PayoutKind, register
from treasury.rules import explanations

# The days of each person in one role, as ranges: membership minus or cut with the leader's term. Then, for every set of
# days that occurs (most people share the whole month), its worth: `terms` holds sums up to each day, so a range costs
# two look-ups, its last day and the day before its first.
_STIPEND = """
WITH own AS MATERIALIZED (
  SELECT m.handle, {ranges} AS ranges
  FROM members_member m
  JOIN members_membership p ON p.member_id = m.id AND p.joined_on <= %(last)s::date
    AND (p.exited_on IS NULL OR p.exited_on >= %(first)s::date)
  {leading}
  WHERE m.handle > %(after)s AND m.handle <= %(upto)s
  GROUP BY m.handle, l.ranges
), worth AS MATERIALIZED (
  SELECT o.ranges, treasury_round_even(sum(last.{role}_u - before.{role}_u), min(last.u_over)) AS u,
         treasury_round_even(sum(last.{role}_lxp - before.{role}_lxp), min(last.lxp_over)) AS lxp,
         jsonb_build_object('days', jsonb_agg(jsonb_build_array(before.number + 1, last.number) ORDER BY last.number))
           AS inputs
  FROM (SELECT DISTINCT ranges FROM own) o
  CROSS JOIN LATERAL unnest(o.ranges) AS r(days)
  JOIN terms last ON last.day = upper(r.days) - 1
  JOIN terms before ON before.day = lower(r.days) - 1
  GROUP BY o.ranges
)
SELECT '{kind}/' || %(month)s || '/' || own.handle || '/' || a.asset, '{kind}', own.handle, a.asset, a.amount,
       '{clause}', worth.inputs, a.source, '', 'payable', own.handle
FROM own JOIN worth USING (ranges)
CROSS JOIN LATERAL (VALUES ('U', 'pool', worth.u), ('LXP', 'dao', worth.lxp)) AS a(asset, source, amount)
WHERE a.amount > 0
"""
_SPANS = (
    "range_agg(daterange(greatest(p.joined_on, %(first)s::date),"
    " least(coalesce(p.exited_on, %(last)s::date), %(last)s::date), '[]'))"
)
_LEADING = """
    {join} JOIN (
      SELECT t.member_id, range_agg(daterange(t.starts_on, t.ends_on, '[]')) AS ranges FROM members_term t
      WHERE t.role = 'leader' AND t.starts_on <= %(last)s::date AND (t.ends_on IS NULL OR t.ends_on >= %(first)s::date)
      GROUP BY t.member_id
    ) l ON l.member_id = m.id
"""
# Hundredths of hours times the day's worth of one of them. Work outside every period of membership gives nothing, and
# periods of one person never overlap, so a claim comes once. The inputs are written as PostgreSQL writes jsonb, letter
# by letter, because the digest of a line is taken of this text.
_POW = """
SELECT 'pow/' || c.reference || '/' || a.asset, 'pow', m.handle, a.asset,
       treasury_round_even(c.hours_centi * a.part, a.over), 'income.1.2.3',
       '{"day": ' || t.number || ', "hours": ' || c.hours_centi || '}', a.source, '', 'payable', m.handle
FROM members_member m
JOIN members_membership p ON p.member_id = m.id AND p.joined_on <= %(last)s::date
  AND (p.exited_on IS NULL OR p.exited_on >= %(first)s::date)
JOIN treasury_claim c ON c.member_id = m.id AND c.status = 'approved'
  AND c.worked_on BETWEEN %(first)s::date AND %(last)s::date
  AND c.worked_on BETWEEN p.joined_on AND coalesce(p.exited_on, 'infinity'::date)
JOIN terms t ON t.day = c.worked_on
CROSS JOIN LATERAL (VALUES ('U', 'pool', t.pow_u, t.pow_u_over), ('LXP', 'dao', t.pow_lxp, t.pow_lxp_over))
  AS a(asset, source, part, over)
WHERE m.handle > %(after)s AND m.handle <= %(upto)s AND a.part > 0
"""

STIPEND_MEMBER = register(
    PayoutKind(
        name="stipend-member",
        clause="income.1.2.2",
        sql=_STIPEND.format(
            kind="stipend-member",
            clause="income.1.2.2",
            role="member",
            ranges=f"{_SPANS} - coalesce(l.ranges, '{{}}'::datemultirange)",
            leading=_LEADING.format(join="LEFT"),
        ),
        explain=explanations.member_stipend,
    )
)
STIPEND_LEADER = register(
    PayoutKind(
        name="stipend-leader",
        clause="income.1.2.1",
        sql=_STIPEND.format(
            kind="stipend-leader",
            clause="income.1.2.1",
            role="leader",
            ranges=f"{_SPANS} * l.ranges",
            leading=_LEADING.format(join=""),
        ),
        explain=explanations.leader_stipend,
    )
)
POW = register(PayoutKind(name="pow", clause="income.1.2.3", sql=_POW, explain=explanations.pow_claim))
