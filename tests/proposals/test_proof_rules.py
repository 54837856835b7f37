"""The script's own arithmetic is the program's, for every form of a rule."""

import random
import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from types import ModuleType
from typing import Any

import pytest
from eth_utils.crypto import keccak

from charter.rules import thresholds
from journal.rules import utc_text
from proposals.rules import states
from proposals.rules.elections import RUN_OFF, choice_for, elect
from proposals.rules.states import Times
from proposals.rules.tallies import Cast, tally
from tests.proposals.strangers import loaded

OPENED = datetime(2026, 11, 13, 12, tzinfo=UTC)
FULL = "share>1/2 of=all against=0 abstain=0 turnout>=0 everybody=no"
TIMES = [OPENED + timedelta(hours=hours) for hours in (1, 24, 50, 168, 169)]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return loaded()


def a_rule(chance: random.Random) -> str:
    """A rule with any of its parts, in any order, numbers in any writing."""
    if chance.random() < 0.1:
        return "unanimous"
    share = chance.choice(["1/2", "2/3", "66.7%", "0.75", "1", "100%", "0", "3/4"])
    sign = ">=" if share in ("1", "100%") else chance.choice([">=", ">"])
    parts = [
        f"of={chance.choice(['all', 'cast'])}",
        f"against={chance.choice(['0', '1', '2', '0.5', '1/3'])}",
        f"against<={chance.choice(['0', '1', '2'])}",
        f"abstain={chance.choice(['0', '1', '0.25', '10%'])}",
        f"turnout>={chance.choice(['0', '1/2', '80%', '1'])}",
        f"everybody={chance.choice(['yes', 'no'])}",
    ]
    chosen = [f"share{sign}{share}", *(part for part in parts if chance.random() < 0.6)]
    chance.shuffle(chosen)
    return " ".join(chosen)


def an_opening(rule: thresholds.Threshold, *, final: bool = False, candidates: Sequence[str] = ()) -> dict[str, Any]:
    """What a round keeps of its opening: the rule written out in full, its times."""
    return {
        "rule": rule.written(),
        "final_ballots": final,
        "candidates": list(candidates),
        "earliest_end_at": utc_text(TIMES[1]),
        "deadline_at": utc_text(TIMES[3]),
    }


@pytest.mark.parametrize("seed", range(4))
def test_tallies_and_ends_are_the_programs(script: ModuleType, seed: int) -> None:
    chance, ends = random.Random(seed), set[Any]()
    for _case in range(300):
        rule = thresholds.parse(a_rule(chance))
        seats, final = chance.randrange(31), chance.random() < 0.5 and not rule.unanimous
        words = ("for", "for", "for", "object", "withdrawn") if rule.unanimous else ("for", "for", "against", "abstain")
        voters = chance.sample(range(seats), chance.randint(0, seats))
        likes = chance.random()
        choices = {seat: "for" if chance.random() < likes else chance.choice(words) for seat in voters}
        counted = tally(rule, range(seats), [Cast(seat, 1, choice) for seat, choice in choices.items()])
        at, hold = chance.choice(TIMES), chance.choice([[], [TIMES[2]], [TIMES[0], TIMES[4]]])
        times = Times(OPENED, max([TIMES[1], *hold]), max([TIMES[3], *hold]), final)
        opening, holds = an_opening(rule, final=final), [utc_text(one) for one in hold]
        said = list(choices.values())
        found, possible = script.endings(opening, seats, said, utc_text(at), utc_text(times.deadline_at), holds)
        assert found == counted.as_json(), opening["rule"]
        end = states.result(times, counted, at=at)
        over = bool(counted.objections) and all(at >= one for one in hold)
        assert possible == {*(["objected"] if over else []), *([str(end)] if end else [])}, (opening, choices, at)
        ends.add(end)
    assert len(ends) == 5, "every end was met: passed, objected, silence, rejected, none yet"


@pytest.mark.parametrize("seed", range(4))
def test_elections_are_counted_as_the_program_counts_them(script: ModuleType, seed: int) -> None:
    chance, ends = random.Random(seed), set[Any]()
    for _case in range(200):
        rule = RUN_OFF if chance.random() < 0.3 else thresholds.parse(a_rule(chance))
        seats, candidates = chance.randrange(9), chance.sample(["ana", "ben", "chen", "dora"], chance.randint(1, 4))
        known = [*map(choice_for, candidates), "abstain"]
        said = [chance.choice(known) for _seat in range(chance.randint(0, seats))]
        counted, at = elect(rule, seats, Counter(said), candidates), chance.choice(TIMES)
        opening = an_opening(rule, final=chance.random() < 0.5, candidates=candidates)
        found, possible = script.endings(opening, seats, said, utc_text(at), opening["deadline_at"], [])
        assert (found, sorted(script.choices_of(opening))) == (counted.as_json(), sorted(known)), opening
        end = states.result(Times(OPENED, TIMES[1], TIMES[3], opening["final_ballots"]), counted, at=at)
        assert possible == ({str(end)} if end else set()), (opening, said, at)
        ends |= {end, f"tied {len(counted.tied)}"}
    assert ends >= {"succeeded", "rejected", None, "tied 0", "tied 2", "tied 3"}
    assert RUN_OFF.written() == script.RUN_OFF


@pytest.mark.parametrize("seed", range(2))
def test_every_rule_that_a_round_keeps_is_read(script: ModuleType, seed: int) -> None:
    chance = random.Random(seed)
    for _case in range(300):
        rule = thresholds.parse(a_rule(chance))
        sign, share, base, against, _, most, abstain, turnout, everybody = re.fullmatch(
            script.RULE, rule.written()
        ).groups()  # type: ignore[union-attr]
        assert (Fraction(share), sign == ">", base) == (rule.share, rule.strict, rule.of)
        assert (Fraction(against), Fraction(abstain), Fraction(turnout)) == (rule.against, rule.abstain, rule.turnout)
        assert (most and int(most), everybody == "yes") == (rule.against_most, rule.everybody)


@pytest.mark.parametrize("text", ["", "of=all", "unanimous", "share>1/2", "share>=x", "share>=1 of=some", FULL + " x"])
def test_what_is_no_rule_in_full_is_refused(script: ModuleType, text: str) -> None:
    opening = {"rule": text, "candidates": []}
    with pytest.raises(ValueError, match=r"unpack|literal|Fraction"):
        script.tally_of(opening, 3, ["for"])
    assert script.tally_of(opening | {"rule": FULL}, 3, ["for"])["passes"] is False


@pytest.mark.parametrize("length", [0, 1, 135, 136, 137, 300])
def test_keccak_is_keccak(script: ModuleType, length: int) -> None:
    assert script.keccak(b"x" * length) == keccak(b"x" * length)
