"""The database's own arithmetic is the pure rule's: every form of a threshold, every count up to thirty seats."""

from fractions import Fraction

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.rules import thresholds
from charter.rules.thresholds import Threshold
from proposals.rules.tallies import Cast, Tally, tally

pytestmark = pytest.mark.django_db
FRACTIONS = st.fractions(0, 1, max_denominator=12)


@st.composite
def rules(draw: st.DrawFn) -> Threshold:
    share = draw(FRACTIONS)
    return Threshold(
        share=share,
        strict=share < 1 and draw(st.booleans()),
        of=draw(st.sampled_from(["all", "cast"])),
        against=draw(st.fractions(0, 3, max_denominator=7)),
        abstain=draw(st.fractions(0, 3, max_denominator=7)),
        against_most=draw(st.none() | st.integers(0, 5)),
        turnout=draw(FRACTIONS),
        everybody=draw(st.booleans()),
    )


@st.composite
def counts(draw: st.DrawFn) -> thresholds.Tally:
    seats = draw(st.integers(0, 30))
    yes = draw(st.integers(0, seats))
    against = draw(st.integers(0, seats - yes))
    return thresholds.Tally(seats, yes, against, draw(st.integers(0, seats - yes - against)))


def in_sql(cases: list[tuple[Threshold, thresholds.Tally]]) -> list[bool]:
    rows = [(rule.written(), one.seats, one.in_favour, one.against, one.abstained) for rule, one in cases]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proposals_rule_met(r, s, y, n, a) FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[],"
            " %s::bigint[]) WITH ORDINALITY AS t(r, s, y, n, a, place) ORDER BY place",
            [list(column) for column in zip(*rows, strict=True)],
        )
        return [met for (met,) in cursor.fetchall()]


@settings(max_examples=60)
@given(st.lists(st.tuples(rules(), counts()), min_size=1, max_size=60))
def test_the_database_and_the_rule_say_the_same(cases: list[tuple[Threshold, thresholds.Tally]]) -> None:
    assert in_sql(cases) == [rule.met(one) for rule, one in cases]


def test_all_counts_of_seven_seats_under_the_charter_s_rules() -> None:
    texts = ["unanimous", "share>=2/3 of=all", "share>1/2 of=all", "share>=40% of=all against=2 abstain=1",
             "share>1/2 of=cast against<=2 turnout>=1/2"]  # fmt: skip
    cases = [
        (thresholds.parse(text), thresholds.Tally(seats, yes, no, abstained))
        for text in texts
        for seats in range(8)
        for yes in range(seats + 1)
        for no in range(seats - yes + 1)
        for abstained in range(seats - yes - no + 1)
    ]
    found = in_sql(cases)
    assert found == [rule.met(one) for rule, one in cases]
    assert len(set(found)) == 2


@pytest.mark.parametrize("rule", ["", "share", "share>=x of=all ", "anything", "share>=2/3", "of=all share>=0 "])
def test_a_rule_that_cannot_be_read_is_never_met(rule: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT proposals_rule_met(%s, 3, 3, 0, 0)", [rule])
        assert cursor.fetchone() == (False,)


def outcomes(rule: Threshold, count: thresholds.Tally) -> set[bool]:
    """Every way in which the missing votes may come, and whether it passes."""
    left = count.seats - count.cast
    return {
        rule.met(thresholds.Tally(count.seats, count.in_favour + yes, count.against + no, count.abstained + abstained))
        for yes in range(left + 1)
        for no in range(left - yes + 1)
        for abstained in range(left - yes - no + 1)
    }


@settings(max_examples=300)
@given(rules(), counts())
def test_settled_is_what_no_missing_vote_can_change(rule: Threshold, count: thresholds.Tally) -> None:
    found = outcomes(rule, count)
    assert Tally(rule, count, 0).settled == (len(found) == 1)


def test_nobody_there_passes_under_no_rule() -> None:
    for text in ("share>=0 of=all", "share>=0 of=cast", "unanimous"):
        found = tally(thresholds.parse(text), [], [])
        assert (found.passes, found.settled) == (False, True)
    assert Tally(thresholds.parse("share>=0"), thresholds.Tally(1, 0), 0).settled is False
    assert tally(thresholds.parse("share>=0"), [1], [Cast(1, 1, "for")]).figure == Fraction(1)
