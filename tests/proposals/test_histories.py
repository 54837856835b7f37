"""The random histories again, taken by the real services over the database with the clock of the story."""

from collections import Counter
from collections.abc import Callable
from functools import cache

import pytest
from django.db import transaction

from members.models import Leave
from proposals.rules import casting
from proposals.selectors import electorates
from proposals.services import ballots
from tests.proposals.history.pure import Rules
from tests.proposals.history.services import Services
from tests.proposals.history.story import REACHED, Story

pytestmark = pytest.mark.django_db
LOOKED_AT, MANY = 1_000, 500


@cache
def seeds() -> dict[str, int]:
    """For each thing that histories come by the first that does, found with the rules alone."""
    found: dict[str, int] = {}
    for seed in range(LOOKED_AT):
        story = Story(seed)
        story.run(Rules(story))
        found = dict.fromkeys(+story.seen, seed) | found
    return found


def taken(seed: int) -> tuple[Story, list[str]]:
    """One history in a transaction that is rolled back, with what the model or the replays find wrong."""
    with transaction.atomic():
        story = Story(seed)
        program = Services(story)
        faults = [story.run(program), *program.broken()]
        transaction.set_rollback(True)
    return story, [fault for fault in faults if fault]


def reached(chosen: list[int]) -> set[str]:
    """What these histories came by; a failure says the seed and the step."""
    seen, faults = Counter[str](), []
    for seed in chosen:
        story, found = taken(seed)
        seen += story.seen
        faults += found
    assert faults == [], f"of {chosen}"
    return {what for what in REACHED if seen[what]}


def test_histories_of_everything_that_can_happen_agree_with_the_model() -> None:
    assert reached(sorted({seeds()[what] for what in REACHED})) == set(REACHED)


@pytest.mark.torture
def test_many_random_histories_agree_with_the_model() -> None:
    assert reached(list(range(MANY))) == set(REACHED)


def _unclosed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(casting, "completes", lambda *_args, **_more: False)


def _never_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ballots, "_inside", lambda *_args: True)


def _never_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(electorates, "away_on", lambda _day: Leave.objects.none())


@pytest.mark.parametrize(
    ("wrong", "what"), [(_unclosed, "closed by a vote"), (_never_left, "left"), (_never_away, "on leave")]
)
def test_a_service_that_is_wrong_is_found(
    monkeypatch: pytest.MonkeyPatch, wrong: Callable[[pytest.MonkeyPatch], None], what: str
) -> None:
    _story, faults = taken(seeds()[what])
    assert faults == []
    wrong(monkeypatch)
    _story, faults = taken(seeds()[what])
    assert faults
