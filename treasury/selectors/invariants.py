"""What must hold in the ledger, as SQL that finds the rows that break it."""

from collections.abc import Iterable

from django.db import connection

# Name: a statement whose rows are sentences. Each reads its tables once.
BALANCES = """
WITH legs AS (
  SELECT account_id, sum(amount)::numeric AS amount FROM (
    SELECT debit_id AS account_id, -amount_micro AS amount FROM treasury_transfer
    UNION ALL SELECT credit_id, amount_micro FROM treasury_transfer) l GROUP BY account_id)
SELECT format('treasury_balance %s: %s is kept, the transfers give %s', coalesce(b.account_id, l.account_id),
              b.amount_micro, coalesce(l.amount, 0))
FROM treasury_balance b FULL JOIN legs l USING (account_id)
WHERE b.amount_micro IS DISTINCT FROM coalesce(l.amount, 0)
"""
ZERO = """
SELECT format('treasury_balance: all balances in %s come to %s, not to zero', a.asset, sum(b.amount_micro))
FROM treasury_balance b JOIN treasury_account a ON a.id = b.account_id GROUP BY a.asset HAVING sum(b.amount_micro) <> 0
"""
ACCOUNTS = """
SELECT format('treasury_account %s: its balance is missing or its floor is wrong', a.id)
FROM treasury_account a LEFT JOIN treasury_balance b ON b.account_id = a.id
WHERE b.account_id IS NULL OR b.floored <> (a.kind = 'escrow') OR (b.floored AND b.amount_micro < 0)
"""
TRANSFERS = """
SELECT format('treasury_transfer %s: %s', t.id, CASE
  WHEN p.id IS NULL THEN 'its posting does not exist'
  WHEN t.amount_micro <= 0 THEN 'its amount is not positive'
  WHEN t.debit_id = t.credit_id THEN 'it moves nothing'
  ELSE 'an account does not exist or is of another asset' END)
FROM treasury_transfer t
LEFT JOIN treasury_posting p ON p.id = t.posting_id
LEFT JOIN treasury_account d ON d.id = t.debit_id AND d.asset = t.asset
LEFT JOIN treasury_account c ON c.id = t.credit_id AND c.asset = t.asset
WHERE p.id IS NULL OR d.id IS NULL OR c.id IS NULL OR t.amount_micro <= 0 OR t.debit_id = t.credit_id
"""
REVERSALS = """
SELECT format('treasury_transfer %s: it is not the one exact opposite of %s', r.id, r.reverses_id)
FROM treasury_transfer r LEFT JOIN treasury_transfer t ON t.id = r.reverses_id AND t.reverses_id IS NULL
  AND (t.debit_id, t.credit_id, t.asset, t.amount_micro) = (r.credit_id, r.debit_id, r.asset, r.amount_micro)
WHERE r.reverses_id IS NOT NULL AND t.id IS NULL
UNION ALL
SELECT format('treasury_transfer %s: reversed %s times', reverses_id, count(*)) FROM treasury_transfer
WHERE reverses_id IS NOT NULL GROUP BY reverses_id HAVING count(*) > 1
"""
ONCE = """
SELECT format('treasury_transfer %s: posted %s times', reference, count(*))
FROM treasury_transfer GROUP BY reference HAVING count(*) > 1
UNION ALL
SELECT format('treasury_payoutline %s: posted %s times', reference, count(*))
FROM treasury_payoutline GROUP BY reference HAVING count(*) > 1
UNION ALL
SELECT format('treasury_payoutline %s: its corrections are not numbered one by one', base)
FROM treasury_payoutline GROUP BY base HAVING max(correction) <> count(*) OR min(correction) <> 1
"""
LINES = """
SELECT format('treasury_payoutline %s: its transfer does not agree with it', l.reference)
FROM treasury_payoutline l
LEFT JOIN treasury_transfer t ON t.reference = l.reference AND t.posting_id = l.posting_id AND t.asset = l.asset
  AND t.amount_micro = abs(l.amount_micro)
LEFT JOIN treasury_account a ON a.id = CASE WHEN l.amount_micro > 0 THEN t.credit_id ELSE t.debit_id END
LEFT JOIN treasury_payoutrun r ON r.id = l.run_id AND r.month = l.month
WHERE t.id IS NULL OR r.id IS NULL
  OR (a.kind, a.owner) IS DISTINCT FROM
     (CASE l.payee WHEN 'pool' THEN 'pool' ELSE 'payable' END, CASE l.payee WHEN 'pool' THEN '' ELSE l.payee END)
UNION ALL
SELECT format('treasury_transfer %s: a run posted it without a line', t.reference)
FROM treasury_transfer t JOIN treasury_posting p ON p.id = t.posting_id AND p.kind = 'payout-run'
LEFT JOIN treasury_payoutline l ON l.reference = t.reference WHERE l.id IS NULL
"""
RUNS = """
SELECT format('treasury_payoutrun %s #%s: its sums are not those of its lines', r.month, r.number)
FROM treasury_payoutrun r LEFT JOIN (
  SELECT run_id, count(*) AS lines, coalesce(sum(amount_micro) FILTER (WHERE asset = 'U'), 0) AS u,
         coalesce(sum(amount_micro) FILTER (WHERE asset = 'LXP'), 0) AS lxp
  FROM treasury_payoutline GROUP BY run_id) l ON l.run_id = r.id
WHERE (r.lines_posted, r.u_micro, r.lxp_micro) IS DISTINCT FROM
      (coalesce(l.lines, 0), coalesce(l.u, 0), coalesce(l.lxp, 0))
"""
# What the journal sealed of each chunk against the lines that are there.
DIGESTS = """
SELECT format('treasury_posting payout-run %s: its lines are not those that the journal has', coalesce(p.key, e.key))
FROM (SELECT data ->> 'posting' AS key, (data ->> 'lines')::bigint AS lines, data ->> 'digest' AS digest
      FROM journal_entry WHERE verb = 'payouts.posted') e
FULL JOIN (
  SELECT g.key, count(*) AS lines, encode(sha256(convert_to(string_agg(l.reference || ' ' || l.payee || ' ' || l.asset
           || ' ' || l.amount_micro || ' ' || l.clause || ' ' || l.inputs, E'\\n' ORDER BY l.id), 'UTF8')), 'hex')
           AS digest
  FROM treasury_posting g JOIN treasury_payoutline l ON l.posting_id = g.id GROUP BY g.id) p USING (key)
WHERE (p.lines, p.digest) IS DISTINCT FROM (e.lines, e.digest)
"""
BUDGETS = """
SELECT format('treasury_budget %s: %s is kept as approved, the claims give %s', b.quarter, b.approved_e8,
              coalesce(c.value, 0))
FROM treasury_budget b LEFT JOIN (
  SELECT quarter, sum(value_e8) AS value FROM treasury_claim WHERE status = 'approved' GROUP BY quarter
) c USING (quarter) WHERE b.approved_e8 <> coalesce(c.value, 0) OR b.approved_e8 > b.pow_micro * 100
UNION ALL
SELECT format('treasury_claim %s: approved in %s, which has no budget', c.reference, c.quarter)
FROM treasury_claim c LEFT JOIN treasury_budget b USING (quarter) WHERE c.status = 'approved' AND b.id IS NULL
"""
# What was granted is in the journal, whoever granted it.
GRANTS = """
SELECT format('treasury_budget %s: not what the journal says was granted', substr(e.subject, 8))
FROM journal_entry e LEFT JOIN treasury_budget b ON b.quarter = substr(e.subject, 8)
WHERE e.verb = 'budget.granted' AND (b.headcount, b.hours_per_head_centi, b.pow_micro, b.stipend_micro)
  IS DISTINCT FROM ((e.data ->> 'headcount')::int, (e.data ->> 'hours_per_head_centi')::int,
                    (e.data ->> 'pow_micro')::bigint, (e.data ->> 'stipend_micro')::bigint)
"""
# A claim that was paid, imported ones too, is still the one that its line was computed from.
PAID = """
SELECT format('treasury_claim %s: not what its payout line was computed from', split_part(l.base, '/', 2))
FROM treasury_payoutline l
LEFT JOIN treasury_claim c ON c.reference = split_part(l.base, '/', 2) LEFT JOIN members_member m ON m.id = c.member_id
WHERE l.kind = 'pow' AND l.correction = 1 AND (c.status, m.handle, to_char(c.worked_on, 'YYYY-MM'), c.hours_centi,
    extract(day FROM c.worked_on)) IS DISTINCT FROM
  ('approved', l.payee, l.month, (l.inputs ->> 'hours')::int, (l.inputs ->> 'day')::numeric)
"""
# Claims that came through the services; imported ones are in the digest of their file.
CLAIMS = """
WITH told AS (
  SELECT substr(subject, 7) AS reference, count(*) FILTER (WHERE verb = 'claim.sent') AS sent,
         max(data ->> 'handle') AS handle, max(data ->> 'worked_on') AS worked_on, max(data ->> 'hours_centi') AS hours,
         max(CASE verb WHEN 'claim.approved' THEN 'approved' WHEN 'claim.refused' THEN 'rejected' END) AS decided,
         max(data ->> 'value_e8') AS value
  FROM journal_entry WHERE verb IN ('claim.sent', 'claim.approved', 'claim.refused') GROUP BY subject
)
SELECT format('treasury_claim %s: not what the journal says was sent or decided', t.reference)
FROM told t LEFT JOIN treasury_claim c USING (reference) LEFT JOIN members_member m ON m.id = c.member_id
WHERE c.id IS NULL
  OR t.sent > 0 AND (t.handle, t.worked_on, t.hours) IS DISTINCT FROM (m.handle, c.worked_on::text, c.hours_centi::text)
  OR t.decided IS NOT NULL AND (t.decided, t.value) IS DISTINCT FROM (c.status, c.value_e8::text)
"""
GUARDS = {
    "treasury_account_balance",
    "treasury_balance_guard",
    "treasury_transfer_book",
    "treasury_payoutline_check",
    "treasury_claim_guard",
    "treasury_claim_kept",
    "treasury_budget_guard",
    "treasury_budget_kept",
    "treasury_payoutrun_guard",
    "treasury_payoutrun_kept",
}
UNIQUE = {
    "account_once",
    "line_reference_once",
    "posting_once",
    "run_open_once",
    "transfer_reference_once",
    "transfer_reversed_once",
}


def sentences(*statements: str) -> Iterable[str]:
    """What the statements find, at most a hundred rows of each."""
    for statement in statements:
        with connection.cursor() as cursor:
            cursor.execute(f"{statement} LIMIT 100")
            yield from (text for (text,) in cursor.fetchall())


def missing_guards() -> Iterable[str]:
    """Triggers and unique indexes that the live database should have and has not, or has switched off."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A') AND tgname = ANY(%s)", [list(GUARDS)]
        )
        found = {name for (name,) in cursor.fetchall()}
        cursor.execute(
            "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            " WHERE i.indisunique AND i.indisvalid AND c.relname = ANY(%s)",
            [list(UNIQUE)],
        )
        found |= {name for (name,) in cursor.fetchall()}
    for name in sorted((GUARDS | UNIQUE) - found):
        yield f"{name}: this guard of the ledger is missing or switched off"
