"""Counting elections: 0 to 30 seats, any order of the ballots, ties, who can still change it; and when they come."""

import itertools
import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.rules import thresholds
from charter.rules.thresholds import Threshold
from journal.hashing import canonical
from proposals.rules import elections, successions
from proposals.rules.elections import RUN_OFF, Election, elect, two_highest
from proposals.rules.successions import Ending
from proposals.rules.tallies import Cast, current

HALF = thresholds.parse("share>1/2 of=all")
RULES = [HALF, RUN_OFF, *map(thresholds.parse, ["unanimous", "share>=40% of=all against=1 abstain=1",
         "share>1/2 of=cast turnout>=1/2", "share>=1/4 of=cast against<=2"])]  # fmt: skip
HANDLES = ["zoe", "ana", "ben", "chen"]


@st.composite
def histories(draw: st.DrawFn) -> tuple[int, list[str], list[Cast]]:
    """Seats 1..n, candidates in their tie order, and some casts and changes, each seat's numbered from 1."""
    seats, standing = draw(st.integers(0, 30)), HANDLES[: draw(st.integers(1, 4))]
    if not seats:
        return 0, standing, []
    said = st.sampled_from([*map(elections.choice_for, standing), "abstain"])
    seqs, ballots = Counter[int](), []
    for seat, choice in draw(st.lists(st.tuples(st.integers(1, seats), said), max_size=80)):
        seqs[seat] += 1
        ballots.append(Cast(seat, seqs[seat], choice))
    return seats, standing, ballots


def count(rule: Threshold, history: tuple[int, list[str], list[Cast]]) -> Election:
    seats, standing, ballots = history
    return elect(rule, seats, Counter(current(ballots).values()), standing)


def winner(rule: Threshold, seats: int, said: Counter[str], standing: list[str]) -> str | None:
    """Told another way: each candidate against all others, in the tie order; the first who is beaten by nobody."""
    for handle in standing:
        own = said[f"for:{handle}"]
        if own and all(own >= said[f"for:{other}"] for other in standing):
            others = sum(said[f"for:{other}"] for other in standing) - own
            return handle if rule.met(thresholds.Tally(seats, own, others, said["abstain"])) else None
    return None


@given(histories(), st.sampled_from(RULES))
def test_who_is_elected_is_who_nobody_beats_and_meets_the_rule(
    history: tuple[int, list[str], list[Cast]], rule: Threshold
) -> None:
    seats, standing, ballots = history
    last = {ballot.seat: ballot.choice for ballot in ballots}
    assert count(rule, history).elected == winner(rule, seats, Counter(last.values()), standing)


@given(histories(), st.randoms(use_true_random=False), st.sampled_from(RULES))
def test_the_order_in_which_ballots_are_read_changes_nothing(
    history: tuple[int, list[str], list[Cast]], random: object, rule: Threshold
) -> None:
    seats, standing, ballots = history
    mixed = list(ballots)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert count(rule, (seats, standing, mixed)) == count(rule, history)


@given(histories(), st.sampled_from(RULES))
def test_the_parts_add_up_and_the_arithmetic_is_said(
    history: tuple[int, list[str], list[Cast]], rule: Threshold
) -> None:
    found = count(rule, history)
    said = found.as_json()
    assert json.loads(canonical(said)) == said
    assert [handle for handle, _number in said["votes"]] == history[1]  # type: ignore[attr-defined]
    assert found.count.in_favour + found.count.against == sum(number for _handle, number in found.votes)
    assert found.count.cast + found.missing == history[0]
    assert said["passes"] is (said["elected"] is not None)
    assert found.sentence()
    assert found.consent is False


@given(st.integers(0, 30), st.sampled_from(RULES), st.integers(1, 4))
def test_silence_and_abstentions_elect_nobody(seats: int, rule: Threshold, standing: int) -> None:
    for said in ({}, {"abstain": seats}):
        found = elect(rule, seats, said, HANDLES[:standing])
        assert (found.elected, found.leading, found.passes) == (None, "", False)


@given(histories())
def test_more_than_half_elects_in_both_rounds(history: tuple[int, list[str], list[Cast]]) -> None:
    first, last = count(HALF, history), count(RUN_OFF, history)
    if first.elected:
        assert first.elected == last.elected
        assert dict(first.votes)[first.elected] * 2 > history[0]
    assert (last.elected is None) is (not last.leading)


@given(histories(), st.permutations(HANDLES))
def test_the_order_decides_ties_and_nothing_else(history: tuple[int, list[str], list[Cast]], mixed: list[str]) -> None:
    seats, standing, ballots = history
    order = [handle for handle in mixed if handle in standing]
    before, after = count(RUN_OFF, history), count(RUN_OFF, (seats, order, ballots))
    assert sorted(before.votes) == sorted(after.votes)
    if not before.tied:
        assert before.elected == after.elected
    else:
        assert after.elected == next(handle for handle in order if handle in before.tied)


@pytest.mark.parametrize(
    ("votes", "highest"),
    [
        ([("ana", 3), ("ben", 2), ("chen", 2)], ["ana", "ben"]),
        ([("ana", 1), ("ben", 2), ("chen", 2)], ["ben", "chen"]),
        ([("ana", 1), ("ben", 3), ("chen", 2)], ["ben", "chen"]),
        ([("ana", 2), ("ben", 1), ("chen", 3)], ["ana", "chen"]),
        ([("ana", 2), ("ben", 2), ("chen", 2)], ["ana", "ben"]),
        ([("ana", 0), ("ben", 0)], ["ana", "ben"]),
        ([("ana", 1)], ["ana"]),
    ],
)
def test_the_two_highest(votes: list[tuple[str, int]], highest: list[str]) -> None:
    assert two_highest(votes) == highest


def completions(found: Election) -> set[str | None]:
    """Who is elected in every way in which the missing votes may come."""
    standing, said = [handle for handle, _n in found.votes], {f"for:{handle}": n for handle, n in found.votes}
    kinds = [*said, "abstain", ""]
    ends = set()
    for way in itertools.combinations_with_replacement(kinds, found.missing):
        more = Counter(said) + Counter({"abstain": found.count.abstained}) + Counter(filter(None, way))
        ends.add(winner(found.rule, found.count.seats, more, standing))
    return ends


@st.composite
def rules(draw: st.DrawFn) -> Threshold:
    share = draw(st.fractions(0, 1, max_denominator=6))
    weight = st.fractions(0, 2, max_denominator=3)
    return Threshold(
        share=share,
        strict=share < 1 and draw(st.booleans()),
        of=draw(st.sampled_from(["all", "cast"])),
        against=draw(weight),
        abstain=draw(weight),
        against_most=draw(st.none() | st.integers(0, 3)),
        turnout=draw(st.fractions(0, 1, max_denominator=3)),
        everybody=draw(st.booleans()),
    )


@settings(max_examples=300)
@given(rules(), st.integers(1, 3), st.data())
def test_settled_is_what_no_missing_vote_can_change(rule: Threshold, candidates: int, data: st.DataObject) -> None:
    seats = data.draw(st.integers(0, 7))
    kinds = [*map(elections.choice_for, HANDLES[:candidates]), "abstain", ""]
    said = Counter(data.draw(st.lists(st.sampled_from(kinds), min_size=seats, max_size=seats)))
    found = elect(rule, seats, said, HANDLES[:candidates])
    assert found.settled == (len(completions(found)) == 1)


def test_a_vote_for_somebody_else_is_a_defect_not_a_vote() -> None:
    for strange in ("for:bob", "for", "against", "object"):
        with pytest.raises(ValueError, match="no candidate"):
            elect(HALF, 3, {strange: 1}, ["ana"])
    assert elect(HALF, 3, {"": 3}, ["ana"]).missing == 3


def test_the_tie_order_is_the_longest_membership_then_the_handle() -> None:
    since = {"ana": date(2026, 3, 1), "zoe": date(2026, 1, 5), "b-2": date(2026, 3, 1), "b2": date(2026, 3, 1)}
    assert elections.tie_order(since) == ["zoe", "ana", "b-2", "b2"]


@pytest.mark.parametrize(
    ("rule", "votes", "sentence"),
    [
        (HALF, (3, 1), "Ana Silva 3, ben 1. 3 votes are needed to be elected."),
        (RUN_OFF, (2, 1), "Ana Silva 2, ben 1. Most votes win."),
        (RUN_OFF, (2, 2), ("Ana Silva 2, ben 2. Most votes win. Of equal votes those for Ana Silva come first: by the "
                          "longer membership, then by the handle.")),
        (HALF, (0, 0), "No vote is for a candidate, and without a vote nobody is elected."),
        (thresholds.parse("share>=2/3 of=all"), (1, 0), "Ana Silva 1, ben 0. 4 votes are needed to be elected."),
    ],
)  # fmt: skip
def test_in_words(rule: Threshold, votes: tuple[int, int], sentence: str) -> None:
    found = elect(rule, 5, {"for:ana": votes[0], "for:ben": votes[1]}, ["ana", "ben"])
    assert found.sentence({"ana": "Ana Silva"}) == sentence


def test_as_json() -> None:
    assert elect(HALF, 5, {"for:ben": 3, "for:ana": 1, "abstain": 1}, ["ana", "ben"]).as_json() == {
        "rule": HALF.written(), "seats": 5, "votes": [["ana", 1], ["ben", 3]], "in_favour": 3, "against": 1,
        "abstained": 1, "missing": 0, "figure": "3", "needed": "5/2", "passes": True, "elected": "ben",
    }  # fmt: skip
    assert RUN_OFF.written() == "share>0 of=all against=0 abstain=0 turnout>=0 everybody=no"
    assert elect(RUN_OFF, 5, {}, ["ana", "ben"]).needed == Fraction(0)


def test_other_rounds_count_as_ever() -> None:
    found = elections.counted(HALF, 3, {"for": 2, "against": 1})
    assert (found.passes, isinstance(found, Election)) == (True, False)
    assert isinstance(elections.counted(HALF, 3, {"for:ana": 2}, ["ana"]), Election)


SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_put_forward_21_days_before_the_term_ends_and_open_14_days_before() -> None:
    ending = Ending(date(2026, 10, 1), date(2026, 12, 31), SHANGHAI)
    on_time = datetime(2026, 12, 10, 16, tzinfo=UTC)
    assert ending.announced_at() == on_time
    assert ending.is_due(on_time)
    assert not ending.is_due(on_time - timedelta(microseconds=1))
    assert ending.opens_at(on_time) == datetime(2026, 12, 17, 16, tzinfo=UTC)


def test_there_are_seven_days_to_stand_however_late_it_is() -> None:
    ending = Ending(date(2026, 10, 1), date(2026, 12, 31), SHANGHAI)
    late = datetime(2027, 1, 20, 9, tzinfo=UTC)
    assert ending.opens_at(late) == late + timedelta(days=7)
    early = datetime(2026, 10, 20, 9, tzinfo=UTC)
    assert ending.opens_at(early) == datetime(2026, 12, 17, 16, tzinfo=UTC)


def test_a_term_without_a_last_day_never_ends_by_itself() -> None:
    ending, now = Ending(date(2026, 10, 1), None, SHANGHAI), datetime(2036, 1, 1, tzinfo=UTC)
    assert not ending.is_due(now)
    assert ending.opens_at(now) == now + timedelta(days=7)


def test_summer_time_moves_no_day() -> None:
    # Berlin goes from UTC+1 to UTC+2 on 28 March 2027, inside the 21 days.
    ending = Ending(date(2027, 1, 1), date(2027, 3, 31), ZoneInfo("Europe/Berlin"))
    assert ending.announced_at() == datetime(2027, 3, 10, 23, tzinfo=UTC)
    assert ending.opens_at(datetime(2027, 3, 10, 23, tzinfo=UTC)) == datetime(2027, 3, 17, 23, tzinfo=UTC)


def test_the_next_term_begins_after_the_last_one_or_on_the_day() -> None:
    assert successions.begins_on(date(2026, 12, 31), date(2026, 12, 20)) == date(2027, 1, 1)
    assert successions.begins_on(date(2026, 12, 31), date(2027, 2, 3)) == date(2027, 2, 3)
    assert successions.begins_on(None, date(2027, 2, 3)) == date(2027, 2, 3)
