"""The arithmetic: rounding, sharing, months, and that PostgreSQL rounds as the rule does."""

from datetime import date
from fractions import Fraction

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from treasury.refusals import UnreadableMonth
from treasury.rules import amounts
from treasury.rules.months import Month, MonthTerms, Segment
from treasury.rules.stipends import owed

NAMES = st.text("abcxyz-", min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("exact", "micro"), [("1/2", 0), ("3/2", 2), ("5/2", 2), ("7/2", 4), ("49/100", 0), ("51/100", 1), ("0", 0)]
)
def test_ties_go_to_the_even_number(exact: str, micro: int) -> None:
    assert amounts.round_even(Fraction(exact)) == micro


@pytest.mark.parametrize("kind", ["bigint", "numeric"])
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(n=st.integers(0, 10**12), d=st.integers(1, 10**4))
def test_postgresql_rounds_as_the_rule(db: None, kind: str, n: int, d: int) -> None:
    pairs = [(n, d), (n * 2 + 1, 2), (n * d, 2 * d), (n - n % d, d)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT treasury_round_even(n, d) FROM unnest(%s::{kind}[], %s::{kind}[]) WITH ORDINALITY t(n, d, o)"
            " ORDER BY o",
            [[pair[0] for pair in pairs], [pair[1] for pair in pairs]],
        )
        found = [row[0] for row in cursor.fetchall()]
    assert found == [amounts.round_even(Fraction(*pair)) for pair in pairs]


@given(total=st.integers(0, 10**13), weights=st.dictionaries(NAMES, st.integers(0, 10**6), min_size=1, max_size=9))
def test_shares_add_up_and_are_within_one(total: int, weights: dict[str, int]) -> None:
    if not sum(weights.values()):
        with pytest.raises(ValueError, match="not all zero"):
            amounts.shared(total, weights)
        return
    parts = amounts.shared(total, weights)
    assert sum(parts.values()) == total
    assert all(abs(parts[name] - Fraction(total * weights[name], sum(weights.values()))) < 1 for name in weights)


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (100, {"a": 1, "b": 1, "c": 1}, {"a": 34, "b": 33, "c": 33}),
        (1, {"b": 1, "a": 1}, {"a": 1, "b": 0}),
        (3, {"expert": Fraction(1, 2), "pool": Fraction(1, 2)}, {"expert": 2, "pool": 1}),
        (10, {"a": 0, "b": 5}, {"a": 0, "b": 10}),
        (5, {"a-b": 1, "a": 1}, {"a": 3, "a-b": 2}),
    ],
)
def test_the_largest_remainder_and_its_ties(total: int, weights: dict[str, int], parts: dict[str, int]) -> None:
    assert amounts.shared(total, weights) == parts


@pytest.mark.parametrize(("micro", "text"), [(412_500_000, "412.500000"), (-1, "-0.000001"), (0, "0.000000")])
def test_amounts_as_text(micro: int, text: str) -> None:
    assert amounts.text(micro) == text


MONTHLESS = ["2026-13", "2026-00", "2026-1", "26-01", "2026-01-01", "", "2026_01", "0000-01", "９２０２-01"]


@pytest.mark.parametrize("text", MONTHLESS)
def test_a_month_that_is_none(text: str) -> None:
    with pytest.raises(UnreadableMonth):
        Month.parse(text)


def test_months() -> None:
    february = Month.parse("2028-02")
    assert (february.days, february.first_on, february.last_on) == (29, date(2028, 2, 1), date(2028, 2, 29))
    assert (str(february.before()), str(Month(2026, 1).before())) == ("2028-01", "2025-12")


def segment(first: int, last: int, **changes: object) -> Segment:
    """Edition 1 on some days."""
    values = {
        "edition": 1,
        "member_micro": 400_000_000,
        "leader_micro": 1_200_000_000,
        "lxp_share": Fraction(1, 2),
        "lxp_per_u": Fraction(1),
        "pow_rate_micro": 60_000_000,
        "pow_flexible_micro": 0,
        "pow_lxp_share": Fraction(),
    } | changes
    return Segment(first=first, last=last, **values)  # type: ignore[arg-type]


def test_a_months_values_survive_storing() -> None:
    terms = MonthTerms(
        Month(2026, 2), (segment(1, 10), segment(11, 28, lxp_share=Fraction(1, 3), lxp_per_u=Fraction(7, 3), edition=2))
    )
    assert MonthTerms.from_json(terms.as_json()) == terms


def test_half_a_month_each_role() -> None:
    terms = MonthTerms(Month(2026, 4), (segment(1, 30),))
    found = owed([(date(2026, 4, 11), None)], [(date(2026, 4, 16), date(2026, 4, 25))], terms)
    assert found == {
        ("stipend-member", "U"): 66_666_667,
        ("stipend-member", "LXP"): 66_666_667,
        ("stipend-leader", "U"): 200_000_000,
        ("stipend-leader", "LXP"): 200_000_000,
    }


def test_nothing_is_owed_to_nobody() -> None:
    terms = MonthTerms(Month(2026, 4), (segment(1, 30),))
    assert owed([(date(2026, 5, 1), None)], [(date(2026, 4, 1), None)], terms) == {}
