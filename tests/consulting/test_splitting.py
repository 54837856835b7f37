"""The arithmetic of income.2: exact, rounded once, ties as payouts.md says."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consulting.rules import splitting
from treasury.rules.amounts import shared

MICRO = st.integers(0, 10**15)
SHARES = st.fractions(0, 1, max_denominator=1000)


@pytest.mark.parametrize(
    ("hours_centi", "rate_micro", "expected"),
    [
        (125, 150_123_457, 187_654_321),  # 187,654,321.25
        (33, 133_330_000, 43_998_900),
        (1, 100_000_050, 1_000_000),  # a tie, down to the even number
        (1, 100_000_150, 1_000_002),  # a tie, up to the even number
        (2400, 200_000_000, 4_800_000_000),
    ],
)
def test_gross_rounds_ties_to_even(hours_centi: int, rate_micro: int, expected: int) -> None:
    assert splitting.gross(hours_centi, rate_micro) == expected


@pytest.mark.parametrize(
    ("gross", "share", "expected"),
    [
        (100_000_001, Fraction(1, 2), (50_000_001, 50_000_000)),  # the tie goes to the expert
        (3, Fraction(1, 2), (2, 1)),
        (1_000_000_001, Fraction(2, 3), (666_666_667, 333_333_334)),  # fractions 2/3·… : the larger one wins
        (44_000_000, Fraction(4, 5), (35_200_000, 8_800_000)),
        (1, Fraction(4, 5), (1, 0)),
        (1, Fraction(1, 5), (0, 1)),
        (7, Fraction(0), (0, 7)),
        (7, Fraction(1), (7, 0)),
    ],
)
def test_two_parts_with_a_tie_to_the_first(gross: int, share: Fraction, expected: tuple[int, int]) -> None:
    assert splitting.with_pool(gross, share) == expected


@given(MICRO, SHARES)
def test_the_rule_for_two_is_the_general_rule(gross: int, share: Fraction) -> None:
    """Largest remainder between `a-expert` and `pool`, where the name decides a tie as the charter does."""
    if 0 < share < 1:
        parts = shared(gross, {"a-expert": share, "pool": 1 - share})
        assert splitting.with_pool(gross, share) == (parts["a-expert"], parts["pool"])


@pytest.mark.parametrize(
    ("total", "weights", "expected"),
    [
        (
            80_000_000,
            {"zoe": 200, "amy-b": 200, "amy": 200},
            {"amy": 26_666_667, "amy-b": 26_666_667, "zoe": 26_666_666},
        ),
        (5, {"b": 1, "a": 1}, {"a": 3, "b": 2}),
        (2, {"ann": 1, "bob": 1, "cid": 1}, {"ann": 1, "bob": 1, "cid": 0}),
        (10, {"ann": 0, "bob": 3}, {"ann": 0, "bob": 10}),
        (0, {"ann": 1, "bob": 2}, {"ann": 0, "bob": 0}),
    ],
)
def test_largest_remainder(total: int, weights: dict[str, int], expected: dict[str, int]) -> None:
    assert shared(total, weights) == expected


@given(MICRO, st.dictionaries(st.text("abc-", min_size=1, max_size=4), st.integers(1, 10**6), min_size=1, max_size=9))
def test_parts_add_up_and_stay_within_one_unit(total: int, weights: dict[str, int]) -> None:
    parts = shared(total, weights)
    whole = sum(weights.values())
    assert sum(parts.values()) == total
    assert all(abs(parts[name] - Fraction(total * weight, whole)) < 1 for name, weight in weights.items())
    # Whoever got a unit that another did not had at least as large a fractional part.
    rests = {name: Fraction(total * weight, whole) - total * weight // whole for name, weight in weights.items()}
    extra = {name for name, weight in weights.items() if parts[name] > total * weight // whole}
    assert all(
        (rests[got], [-ord(c) for c in got]) >= (rests[missed], [-ord(c) for c in missed])
        or rests[got] == rests[missed]
        for got in extra
        for missed in weights.keys() - extra
    )


@pytest.mark.parametrize(
    ("amount", "hours", "late", "expected"),
    [(100, 400, 0, 100), (100, 400, 100, 75), (100, 400, 400, 0), (1, 200, 100, 1), (3, 200, 100, 2), (10, 3, 1, 7)],
)
def test_what_stays_after_an_exit(amount: int, hours: int, late: int, expected: int) -> None:
    assert splitting.kept(amount, hours, late) == expected
