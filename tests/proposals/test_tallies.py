"""Counting: the arithmetic of every rule, for 0 to 30 seats, whatever the order of the ballots."""

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.rules import thresholds
from charter.rules.thresholds import UNANIMOUS
from journal.hashing import canonical
from proposals.rules.tallies import Cast, tally

CHOICES = ["for", "object", "withdrawn", "against", "abstain"]
RULES = [
    "unanimous",
    "share>=2/3 of=all against=0 abstain=0 turnout>=0 everybody=no",
    "share>1/2 of=cast",
    "share>=70% of=all against=1 abstain=1",
    "share>=40% of=all against=2 abstain=1",
    "share>1/2 of=cast against<=2",
    "share>=1/2 of=cast turnout>=1/2",
]


@st.composite
def histories(draw: st.DrawFn) -> tuple[int, list[Cast]]:
    """Seats 1..n and some casts and changes, each seat's numbered from 1."""
    seats = draw(st.integers(0, 30))
    if not seats:
        return 0, []
    moves = draw(st.lists(st.tuples(st.integers(1, seats), st.sampled_from(CHOICES)), max_size=80))
    seqs: dict[int, int] = {}
    ballots = []
    for seat, choice in moves:
        seqs[seat] = seqs.get(seat, 0) + 1
        ballots.append(Cast(seat, seqs[seat], choice))
    return seats, ballots


def model(seats: int, ballots: list[Cast]) -> dict[int, str]:
    """Who voted what in the end, told in the order of casting."""
    votes: dict[int, str] = {}
    for ballot in ballots:
        votes[ballot.seat] = ballot.choice
    return votes


@given(histories())
def test_unanimity_is_everybody_in_favour_and_somebody_there(history: tuple[int, list[Cast]]) -> None:
    seats, ballots = history
    votes = model(seats, ballots)
    everybody = seats > 0 and all(votes.get(seat) == "for" for seat in range(1, seats + 1))
    assert tally(UNANIMOUS, range(1, seats + 1), ballots).passes == everybody


@given(histories(), st.randoms(use_true_random=False), st.sampled_from(RULES))
def test_the_order_in_which_ballots_are_read_changes_nothing(
    history: tuple[int, list[Cast]], random: object, rule: str
) -> None:
    seats, ballots = history
    mixed = list(ballots)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    threshold = thresholds.parse(rule)
    assert tally(threshold, range(1, seats + 1), mixed) == tally(threshold, range(1, seats + 1), ballots)


@given(histories(), st.sampled_from(RULES))
def test_the_parts_add_up_and_the_arithmetic_is_said(history: tuple[int, list[Cast]], rule: str) -> None:
    seats, ballots = history
    threshold = thresholds.parse(rule)
    found = tally(threshold, range(1, seats + 1), ballots)
    said = found.as_json()
    assert found.count.in_favour + found.count.against + found.count.abstained + found.missing == seats
    assert json.loads(canonical(said)) == said
    figure = found.count.in_favour - threshold.against * found.count.against - threshold.abstain * found.count.abstained
    assert Fraction(str(said["figure"])) == figure
    assert found.sentence()


@given(st.sampled_from(RULES), st.integers(0, 30))
def test_nothing_passes_without_a_vote_in_favour(rule: str, seats: int) -> None:
    threshold = thresholds.parse(rule)
    electorate = range(1, seats + 1)
    assert not tally(threshold, electorate, []).passes
    assert not tally(threshold, electorate, [Cast(seat, 1, "object") for seat in electorate]).passes
    assert not tally(threshold, electorate, [Cast(seat, 1, "withdrawn") for seat in electorate]).passes


@pytest.mark.parametrize(
    ("rule", "yes", "no", "silent", "passes"),
    [
        ("share>=2/3", 4, 2, 0, True),
        ("share>=2/3", 4, 0, 3, False),
        ("share>1/2", 3, 3, 0, False),
        ("share>1/2", 4, 3, 0, True),
        ("share>1/2 of=cast against<=2", 5, 2, 9, True),
        ("share>1/2 of=cast against<=2", 5, 3, 9, False),
        ("share>=40% against=2", 6, 1, 3, True),
        ("share>=40% against=2", 6, 2, 2, False),
        ("share>=1/2 of=cast turnout>=1/2", 3, 1, 4, True),
        ("share>=1/2 of=cast turnout>=1/2", 3, 0, 4, False),
        ("unanimous", 7, 0, 0, True),
        ("unanimous", 6, 0, 1, False),
        ("unanimous", 6, 1, 0, False),
    ],
)
def test_rules_that_groups_really_have(rule: str, yes: int, no: int, silent: int, passes: bool) -> None:
    ballots = [Cast(seat, 1, "for" if seat <= yes else "against") for seat in range(1, yes + no + 1)]
    assert tally(thresholds.parse(rule), range(1, yes + no + silent + 1), ballots).passes is passes


def test_a_rule_that_wants_everybody_passes_nothing_while_an_objection_stands() -> None:
    rule = thresholds.parse("share>=1/2 everybody=yes")
    ballots = [Cast(1, 1, "for"), Cast(2, 1, "for"), Cast(3, 1, "object")]
    assert not tally(rule, [1, 2, 3], ballots).passes
    assert tally(rule, [1, 2, 3], [*ballots, Cast(3, 2, "for")]).passes
    assert not tally(rule, [1, 2, 3], [*ballots, Cast(3, 2, "withdrawn")]).passes


def test_a_ballot_without_a_seat_is_a_defect_not_a_vote() -> None:
    with pytest.raises(ValueError, match="without a seat"):
        tally(UNANIMOUS, [1, 2], [Cast(3, 1, "for")])


@pytest.mark.parametrize(
    ("votes", "sentence"),
    [
        (["for", "for", "for"], "All 3 votes are in favour, as the rule demands."),
        (["for", "object", ""], "1 of 3 in favour. One objection stands, and nothing passes while it does."),
        (["object", "object", ""], "0 of 3 in favour. 2 objections stand, and nothing passes while they do."),
        (["for", "for", ""], "2 of 3 in favour. One vote is missing, and silence never passes."),
        (["for", "", ""], "1 of 3 in favour. 2 votes are missing, and silence never passes."),
        ([], "Nobody has a seat, and without electors nothing passes."),
    ],
)
def test_unanimity_in_words(votes: list[str], sentence: str) -> None:
    seats = range(1, len(votes) + 1)
    ballots = [Cast(seat, 1, vote) for seat, vote in zip(seats, votes, strict=True) if vote]
    assert tally(UNANIMOUS, seats, ballots).sentence() == sentence


def test_weights_in_words() -> None:
    rule = thresholds.parse("share>=40% against=2")
    found = tally(rule, range(1, 11), [Cast(1, 1, "for"), Cast(2, 1, "for"), Cast(3, 1, "for"), Cast(4, 1, "against")])
    assert found.sentence() == ("In favour, less what counts against: 3 − 2 × 1 − 0 × 0 = 1. At least 4 is needed.")
    assert found.as_json() == {
        "rule": rule.written(), "seats": 10, "in_favour": 3, "against": 1, "abstained": 0, "missing": 6,
        "figure": "1", "needed": "4", "passes": False,
    }  # fmt: skip
