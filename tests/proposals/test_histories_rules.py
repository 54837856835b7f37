"""Ten thousand random histories decided by the pure rules, and by a model of sixty lines that knows none of them."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from charter.rules.thresholds import Threshold
from proposals.rules import casting, elections, motions, states
from proposals.rules.tallies import Tally
from tests.proposals.history import model
from tests.proposals.history.pure import Rules
from tests.proposals.history.story import REACHED, Story

HISTORIES, PARTS = 10_000, 4


def test_the_model_is_sixty_lines_and_knows_nothing_of_the_program() -> None:
    text = Path(model.__file__).read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60
    assert [line for line in text.splitlines() if "import" in line] == [
        "from collections import Counter",
        "from itertools import product",
        "from types import SimpleNamespace",
    ]


@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.torture) for part in range(1, PARTS))])
def test_ten_thousand_random_histories_agree_with_the_model(part: int) -> None:
    seen, faults = Counter[str](), []
    for seed in range(part, HISTORIES, PARTS):
        story = Story(seed)
        if fault := story.run(Rules(story)):
            faults.append(fault)
        seen += story.seen
    assert faults == []
    assert {what for what in REACHED if not seen[what]} == set()


def a_second_earlier(rule: Callable[..., Any]) -> Callable[..., Any]:
    """The rule with a clock that lags: what begins or ends at a moment does so late."""
    return lambda *args, at, **more: rule(*args, at=at - timedelta(seconds=1), **more)


def _lenient(rule: Threshold) -> Threshold:
    return replace(rule, strict=False)


def _unheld(rule: Callable[..., Any]) -> Callable[..., Any]:
    return lambda times, moved: rule(times, [item for item in moved if item.kind != "hold"])


def _alone(rule: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, own, **more: rule(*args, own=False, **more)


MUTANTS: dict[str, tuple[object, str, Callable[[Any], object]]] = {
    "a ballot at the deadline is in time": (casting, "refusal", a_second_earlier),
    "a round ends after its deadline": (states, "result", a_second_earlier),
    "who left still votes": (casting, "refusal", lambda rule: lambda *args, left, **more: rule(*args, **more)),
    "more than is at least": (Threshold, "met", lambda rule: lambda self, tally: rule(_lenient(self), tally)),
    "one vote passes": (Tally, "passes", lambda _rule: property(lambda self: self.count.cast > 0)),
    "final ballots settle at once": (Tally, "settled", lambda _rule: property(lambda _self: True)),
    "a hold holds nothing": (motions, "effective", _unheld),
    "one member is two": (motions, "answer_refusal", _alone),
    "equals are decided the other way": (elections, "two_highest", lambda rule: lambda votes: rule(votes[::-1])[::-1]),
    "what passed expires later": (states, "EXPIRES_AFTER", lambda days: days * 2),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_rule_that_is_wrong_is_found(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    where, what, wrong = MUTANTS[name]
    monkeypatch.setattr(where, what, wrong(getattr(where, what)))
    stories = map(Story, range(HISTORIES // PARTS))
    assert any(story.run(Rules(story)) for story in stories)
