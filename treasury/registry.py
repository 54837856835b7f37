"""Payout kinds: what the month's run posts. The floors above register theirs with `register`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from treasury.rules.months import MonthTerms

Explain = Callable[[Mapping[str, Any], str, int, MonthTerms], str]


@dataclass(frozen=True)
class PayoutKind:
    """Lines of a month, as one SELECT, and the sentence that says how a line came about.

    `sql` selects, in this order: base text (the reference), kind text, payee text (a handle or `pool`), asset text,
    amount_micro bigint, clause text, inputs jsonb (or its text, as PostgreSQL writes it), debit_kind, debit_owner,
    credit_kind, credit_owner. Zero amounts are dropped. It may use the parameters %(month)s ('2026-08'), %(first)s and
    %(last)s (dates), %(after)s and %(upto)s (only payees `> after AND <= upto` in byte order, always both), and the
    relation `terms`: one row for each day from the one before the month to its last, with the columns of
    `treasury.rules.months.COLUMNS`. Write % as %%.

    Accounts of payees (`payable`, both assets), `dao` and `pool` exist; other accounts must exist when the run begins.

    `explain(inputs, asset, amount_micro, terms)` returns a translated sentence that names the inputs and the clause.
    """

    name: str
    clause: str
    sql: str
    explain: Explain


kinds: dict[str, PayoutKind] = {}


def register(kind: PayoutKind) -> PayoutKind:
    """Adds a kind of payout line; the name is the line's `kind`."""
    kinds[kind.name] = kind
    return kind
