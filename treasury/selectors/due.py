"""What a month owes, what was posted of it, and the difference: the relations that run, preview and pages share."""

from typing import Any

from treasury.registry import PayoutKind, kinds
from treasury.rules.months import MonthTerms

# Byte order: '' is before every handle, '~' after every one.
FIRST, LAST = "", "~"
_FACTS = "base, kind, payee, asset, amount_micro, clause"
_SIDES = "debit_kind, debit_owner, credit_kind, credit_owner"


def relations(terms: MonthTerms, *, first: bool = False, back: bool = False) -> str:
    """A WITH clause (without a final comma) up to `changes`: what must still be posted for these payees.

    A reference that was never posted comes as it is due (`correction` 1). Of one that was posted comes the difference,
    signed, as the next correction; of one that is not due any more the negative of what was posted. Zeros are left out.
    With `first`, nothing is taken to be posted: cheaper, and where it is wrong the unique reference refuses the lines.
    With `back`, only what is less than was posted.
    """
    # Only our own texts are put together here; every value is a parameter. Inputs travel as text, so that a digest need
    # not write out what was just read in.
    due = " UNION ALL ".join(
        f"SELECT {_FACTS}, inputs::text AS inputs, {_SIDES} FROM ({kind.sql}) {_name(kind)}({_FACTS}, inputs, {_SIDES})"  # noqa: S608
        for kind in kinds.values()
    )
    return f"""
WITH terms AS MATERIALIZED (SELECT * FROM jsonb_to_recordset(%(terms)s::jsonb) AS t({terms.columns})),
due AS ({due}),
{_FIRST if first else _difference("<" if back else "<>")}"""  # noqa: S608


def _name(kind: PayoutKind) -> str:
    return f'"{kind.name}"'


# OFFSET keeps the amounts from being computed a second time for the condition.
_FIRST = f"""
changes AS MATERIALIZED (
  SELECT {_FACTS}, inputs, {_SIDES}, 1 AS correction, base AS reference, true AS fresh
  FROM (SELECT * FROM due OFFSET 0) d WHERE amount_micro <> 0
)"""  # noqa: S608


def _difference(sign: str) -> str:
    """What is due against what was posted, where the one is `sign` the other."""
    return f"""
posted AS (
  SELECT base, min(kind) AS kind, min(payee) AS payee, min(asset) AS asset, min(clause) AS clause,
         sum(amount_micro)::bigint AS amount_micro, max(correction) AS correction
  FROM treasury_payoutline WHERE month = %(month)s AND payee > %(after)s AND payee <= %(upto)s GROUP BY base
),
changes AS MATERIALIZED (
  SELECT base, coalesce(p.correction, 0) + 1 AS correction,
         CASE WHEN p.base IS NULL THEN base ELSE base || '#' || p.correction + 1 END AS reference,
         coalesce(d.kind, p.kind) AS kind, coalesce(d.payee, p.payee) AS payee, coalesce(d.asset, p.asset) AS asset,
         coalesce(d.amount_micro, 0) - coalesce(p.amount_micro, 0) AS amount_micro,
         coalesce(d.clause, p.clause) AS clause,
         CASE WHEN p.base IS NULL THEN d.inputs
              ELSE (coalesce(d.inputs, '{{}}')::jsonb
                    || jsonb_build_object('was', p.amount_micro, 'now', coalesce(d.amount_micro, 0)))::text
         END AS inputs,
         p.base IS NULL AS fresh, d.debit_kind, d.debit_owner, d.credit_kind, d.credit_owner
  FROM due d FULL JOIN posted p USING (base)
  WHERE coalesce(d.amount_micro, 0) {sign} coalesce(p.amount_micro, 0)
)"""  # noqa: S608


# A line as digests see it (docs/treasury.md): its parts with spaces between, inputs as PostgreSQL writes jsonb.
TEXT = "reference || ' ' || payee || ' ' || asset || ' ' || amount_micro || ' ' || clause || ' ' || inputs"
SUMS = """count(*), coalesce(sum(amount_micro) FILTER (WHERE asset = 'U'), 0)::bigint,
       coalesce(sum(amount_micro) FILTER (WHERE asset = 'LXP'), 0)::bigint"""


def parameters(terms: MonthTerms, *, after: str = FIRST, upto: str = LAST) -> dict[str, Any]:
    """The parameters of `relations` for payees after one handle up to another, in byte order."""
    month = terms.month
    return {
        "terms": terms.rows,
        "month": str(month),
        "first": month.first_on,
        "last": month.last_on,
        "after": after,
        "upto": upto,
    }
