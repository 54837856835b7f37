"""Thresholds: the text is the rule, and the rules that such groups adopted can be said."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.refusals import OutOfBounds, UnreadableValue
from charter.rules.thresholds import UNANIMOUS, Tally, Threshold, canonical, parse

SHARES = st.fractions(min_value=0, max_value=1, max_denominator=1000)
WEIGHTS = st.fractions(min_value=0, max_value=100, max_denominator=100)
RULES = st.builds(
    Threshold,
    share=SHARES,
    strict=st.booleans(),
    of=st.sampled_from(["all", "cast"]),
    against=WEIGHTS,
    abstain=WEIGHTS,
    against_most=st.none() | st.integers(0, 50),
    turnout=SHARES,
    everybody=st.booleans(),
).filter(lambda rule: not (rule.strict and rule.share == 1))


@st.composite
def tallies(draw: st.DrawFn) -> Tally:
    """Any way in which up to 30 seats can vote."""
    seats = draw(st.integers(0, 30))
    in_favour = draw(st.integers(0, seats))
    against = draw(st.integers(0, seats - in_favour))
    return Tally(seats, in_favour, against, draw(st.integers(0, seats - in_favour - against)))


def passes(text: str, *votes: int) -> bool:
    """Whether seats, in favour, against, abstained pass."""
    return parse(text).met(Tally(*votes))


@given(RULES)
def test_a_written_rule_reads_as_the_same_rule(rule: Threshold) -> None:
    assert parse(rule.written()) == rule
    assert canonical(rule.written()) == rule.written()


@given(RULES, tallies())
def test_a_rule_decides_as_its_definition_says(rule: Threshold, tally: Tally) -> None:
    figure = tally.in_favour - rule.against * tally.against - rule.abstain * tally.abstained
    needed = rule.share * (tally.seats if rule.of == "all" else tally.cast)
    expected = (
        tally.in_favour > 0
        and (figure > needed or (figure == needed and not rule.strict))
        and (rule.against_most is None or tally.against <= rule.against_most)
        and tally.cast >= rule.turnout * tally.seats
        and (tally.cast == tally.seats or not rule.everybody)
    )
    assert rule.met(tally) == expected


@given(RULES)
def test_silence_never_passes(rule: Threshold) -> None:
    assert not any(rule.met(Tally(seats, 0)) for seats in range(8))


@given(tallies())
def test_unanimity_is_every_seat_in_favour(tally: Tally) -> None:
    assert UNANIMOUS.met(tally) == (tally.in_favour == tally.seats > 0)
    assert parse("share>=1 of=all everybody=yes") == UNANIMOUS == parse("unanimous")


@pytest.mark.parametrize("text", ["unanimous", "share>=1", "share>=100% of=all abstain=1"])
def test_what_only_everybody_in_favour_passes_is_unanimous(text: str) -> None:
    assert parse(text).unanimous


@pytest.mark.parametrize("text", ["share>=1 of=cast", "share>=2/3", "share>1/2"])
def test_other_rules_are_not(text: str) -> None:
    assert not parse(text).unanimous


def test_at_most_two_against_among_those_who_vote() -> None:
    rule = "share>0 of=cast against<=2"
    assert passes(rule, 9, 3, 2)
    assert passes(rule, 9, 1, 2)
    assert not passes(rule, 9, 6, 3)


def test_for_less_against_less_abstentions_at_least_70_percent_of_all() -> None:
    rule = "share>=70% of=all against=1 abstain=1"
    assert passes(rule, 10, 8, 1, 0)
    assert not passes(rule, 10, 8, 1, 1)
    assert passes(rule, 10, 7)


def test_for_less_twice_against_less_abstentions_at_least_40_percent() -> None:
    rule = "share>=40% of=all against=2 abstain=1"
    assert passes(rule, 10, 7, 1, 1)
    assert not passes(rule, 10, 7, 2, 0)
    assert passes("share>=10% of=all against=2 abstain=1", 10, 5, 2)


def test_two_thirds_and_more_than_half_at_the_edge() -> None:
    assert passes("share>=2/3", 9, 6)
    assert not passes("share>=2/3", 10, 6)
    assert passes("share>=1/2", 8, 4)
    assert not passes("share>1/2", 8, 4)


def test_turnout_and_everybody_count_abstentions_as_votes() -> None:
    assert passes("share>1/2 of=cast turnout>=50%", 10, 3, 0, 2)
    assert not passes("share>1/2 of=cast turnout>=50%", 10, 3, 0, 1)
    assert passes("share>1/2 of=cast everybody=yes", 4, 3, 0, 1)
    assert not passes("share>1/2 of=cast everybody=yes", 5, 3, 0, 1)


def test_the_full_example_of_the_charter_is_two_thirds_of_all() -> None:
    full = parse("share>=2/3 of=all against=0 abstain=0 turnout>=0 everybody=no")
    assert full == parse("share>=2/3") == Threshold(Fraction(2, 3))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "of=all",
        "share=2/3",
        "share<=2/3",
        "share>=2/3 share>1/2",
        "share>=2/3 of=some",
        "share>=2/3 against=1 against=2",
        "share>=2/3 against<=1.5",
        "share>=2/3 everybody=maybe",
        "share>=2/3 mood=good",
        "share>=2/3,of=all",
        "Unanimous",
        "share >= 2/3",
        "share>=",
    ],
)
def test_what_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(UnreadableValue):
        parse(text)


@pytest.mark.parametrize(
    "text",
    ["share>=1.1", "share>=-1", "share>1", "share>=1 turnout>=2", "share>=1 against=101", "share>=1 against<=-1"],
)
def test_what_no_vote_can_reach_is_refused(text: str) -> None:
    with pytest.raises(OutOfBounds):
        parse(text)
