"""The statements that a chunk of a month's run executes."""

from treasury.rules.months import MonthTerms
from treasury.selectors import due


def post(terms: MonthTerms, *, first: bool = False, back: bool = False) -> str:
    """One statement: the lines of what has changed (see `due.relations`), and a transfer for each of them."""
    return due.relations(terms, first=first, back=back) + _POST


# Compiling pays for one long statement, never for many short ones; sorting thousands of lines to merge them with a
# handful of accounts never pays; rows are in memory, and a chunk's lines shall be too. A chunk need not be on disk when
# it commits: the run's last transaction waits for everything before it, and what a crash takes back it takes back as a
# whole, with the run's position.
SETTINGS = """
SET LOCAL jit = off; SET LOCAL enable_mergejoin = off; SET LOCAL random_page_cost = 1.1; SET LOCAL work_mem = '64MB';
SET LOCAL synchronous_commit = off
"""
OPEN_ACCOUNTS = """
INSERT INTO treasury_account (kind, owner, asset)
SELECT * FROM (
  (SELECT 'payable' AS kind, handle AS owner, asset FROM members_member CROSS JOIN (VALUES ('LXP'), ('U')) a(asset)
   WHERE handle > %(after)s AND handle <= %(upto)s
   EXCEPT SELECT kind, owner, asset FROM treasury_account
   WHERE kind = 'payable' AND owner > %(after)s AND owner <= %(upto)s)
  UNION ALL
  (VALUES ('dao', '', 'LXP'), ('dao', '', 'U'), ('pool', '', 'LXP'), ('pool', '', 'U')
   EXCEPT SELECT kind, owner, asset FROM treasury_account WHERE kind IN ('dao', 'pool') AND owner = '')
) missing
ORDER BY 1, 2, 3
ON CONFLICT (kind, owner, asset) DO NOTHING
"""


def _account(side: str) -> str:
    """The account on a line's side; NULL, which the ledger refuses, where there is none.

    A correction moves between the accounts of the line it corrects, the other way round where it is negative.
    """
    other = {"debit": "credit", "credit": "debit"}[side]
    return f"""CASE WHEN NOT n.fresh THEN
           (SELECT CASE WHEN n.amount_micro > 0 THEN t.{side}_id ELSE t.{other}_id END
            FROM treasury_transfer t WHERE t.reference = n.base)
         ELSE CASE n.{side}_kind
           WHEN 'pool' THEN CASE n.asset WHEN 'U' THEN s.pool_u ELSE s.pool_lxp END
           WHEN 'dao' THEN CASE n.asset WHEN 'U' THEN s.dao_u ELSE s.dao_lxp END
           WHEN 'payable' THEN CASE WHEN n.{side}_owner = n.payee THEN CASE n.asset WHEN 'U' THEN h.u ELSE h.lxp END END
           ELSE (SELECT a.id FROM treasury_account a
                 WHERE (a.kind, a.owner, a.asset) = (n.{side}_kind, n.{side}_owner, n.asset)) END END"""  # noqa: S608


_POST = f""",
held AS (
  SELECT owner, max(id) FILTER (WHERE asset = 'U') AS u, max(id) FILTER (WHERE asset = 'LXP') AS lxp
  FROM treasury_account WHERE kind = 'payable' AND owner > %(after)s AND owner <= %(upto)s GROUP BY owner
),
shared AS (
  SELECT max(id) FILTER (WHERE kind = 'dao' AND asset = 'U') AS dao_u,
         max(id) FILTER (WHERE kind = 'dao' AND asset = 'LXP') AS dao_lxp,
         max(id) FILTER (WHERE kind = 'pool' AND asset = 'U') AS pool_u,
         max(id) FILTER (WHERE kind = 'pool' AND asset = 'LXP') AS pool_lxp
  FROM treasury_account WHERE kind IN ('dao', 'pool') AND owner = ''
),
lines AS (
  INSERT INTO treasury_payoutline
    (run_id, posting_id, month, reference, base, correction, kind, payee, asset, amount_micro, clause, inputs)
  SELECT %(run)s, %(posting)s, %(month)s, reference, base, correction, kind, payee, asset, amount_micro, clause,
         inputs::jsonb
  FROM changes
),
transfers AS (
  INSERT INTO treasury_transfer (posting_id, debit_id, credit_id, asset, amount_micro, reference, occurred_on)
  SELECT %(posting)s, {_account("debit")},
         {_account("credit")},
         n.asset, abs(n.amount_micro), n.reference, %(occurred_on)s::date
  FROM changes n CROSS JOIN shared s LEFT JOIN held h ON h.owner = n.payee
)
SELECT {due.SUMS},
       encode(sha256(convert_to(coalesce(string_agg({due.TEXT}, E'\\n'), ''), 'UTF8')), 'hex')
FROM changes
"""  # noqa: S608
