"""The script's own arithmetic is the program's, for every form of a rule."""

import importlib.util
import random
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from eth_utils.crypto import keccak

from charter.rules import thresholds
from journal.rules import utc_text
from proposals.rules import states
from proposals.rules.states import Times
from proposals.rules.tallies import Cast, tally

SCRIPT = Path(__file__).parents[2] / "proposals" / "data" / "verify.py"
OPENED = datetime(2026, 11, 13, 12, tzinfo=UTC)
TIMES = [OPENED + timedelta(hours=hours) for hours in (1, 24, 50, 168, 169)]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("verify_script", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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


@pytest.mark.parametrize("seed", range(4))
def test_tallies_and_ends_are_the_programs(script: ModuleType, seed: int) -> None:
    chance, ends = random.Random(seed), set[Any]()
    for _case in range(500):
        rule = thresholds.parse(a_rule(chance))
        # What a round keeps is the rule written out in full.
        written, seats, final = rule.written(), chance.randrange(31), chance.random() < 0.5 and not rule.unanimous
        words = ("for", "for", "for", "object", "withdrawn") if rule.unanimous else ("for", "for", "against", "abstain")
        voters = chance.sample(range(seats), chance.randint(0, seats))
        likes = chance.random()
        choices = {seat: "for" if chance.random() < likes else chance.choice(words) for seat in voters}
        counted = tally(rule, range(seats), [Cast(seat, 1, choice) for seat, choice in choices.items()])
        at = chance.choice(TIMES)
        times = Times(OPENED, TIMES[1], TIMES[3], final)
        opening = {
            "rule": written,
            "final_ballots": final,
            "earliest_end_at": utc_text(TIMES[1]),
            "deadline_at": utc_text(TIMES[3]),
        }
        found, possible = script.endings(opening, seats, list(choices.values()), utc_text(at))
        assert found == counted.as_json(), written
        end = states.result(times, counted, at=at)
        allowed = {"canceled", *(["objected"] if counted.objections else []), *([str(end)] if end else [])}
        assert possible == allowed, (written, choices, at)
        ends.add(end)
    assert len(ends) == 5, "every end was met: passed, objected, silence, rejected, none yet"


@pytest.mark.parametrize("seed", range(2))
def test_every_writing_of_a_rule_is_read_alike(script: ModuleType, seed: int) -> None:
    chance = random.Random(seed)
    for _case in range(300):
        text = a_rule(chance)
        rule = thresholds.parse(text)
        read, full = script.rule_of(text), script.rule_of(rule.written())
        assert read == full
        assert (read.get("share>=", read.get("share>")), "share>" in read) == (rule.share, rule.strict)
        weights = (read["against="], read["abstain="], read["turnout>="])
        assert weights == (rule.against, rule.abstain, rule.turnout)
        assert read.get("against<=") == (None if rule.against_most is None else Fraction(rule.against_most))
        assert (read["of="], read["everybody="] == "yes") == (rule.of, rule.everybody)


@pytest.mark.parametrize("text", ["", "of=all", "share>=1/2 share>1/2", "share=1", "share>=x", "share>=1 of=some"])
def test_what_is_no_rule_is_refused(script: ModuleType, text: str) -> None:
    with pytest.raises((script.Wrong, ValueError, IndexError)):
        script.rule_of(text)


@pytest.mark.parametrize("length", [0, 1, 135, 136, 137, 300])
def test_keccak_is_keccak(script: ModuleType, length: int) -> None:
    assert script.keccak(b"x" * length) == keccak(b"x" * length)
