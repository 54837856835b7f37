"""Comments over many connections at once, and with each lock off."""

from typing import Any

import pytest

from journal.clock import database_clock
from members.models import Member
from proposals import invariants
from proposals.models import Comment, Outcome, Proposal, Retraction, Round
from proposals.services import comments, locks, proposing, rounds
from tests.proposals.cast import DAY, HOUR, at, found, opened
from tests.proposals.test_comments import say, user
from tests.races import Act, Paused, meeting, together


def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both guards switched off: the proposal's row is read and not locked, an author waits for nothing."""
    monkeypatch.setattr(locks, "BY_ID", locks.BY_ID.replace("FOR NO KEY UPDATE", ""))
    monkeypatch.setattr(locks, "hold_author", lambda _user: None)


@pytest.fixture
def group(committed_db: str) -> list[Member]:
    return found(users=True)


@pytest.fixture
def held(group: list[Member]) -> Round:
    return opened(group[0], moment=database_clock() - DAY)[1]


def writing(where: Round | Proposal, who: Member, text: str = "Yes.", **more: Any) -> Act:
    proposal = where.proposal if isinstance(where, Round) else where
    return lambda: comments.write(proposal=proposal, text=text, by=user(who), **more)


@pytest.mark.parametrize("locked", [True, False])
def test_comments_of_many_hands_have_their_places(
    group: list[Member], held: Round, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    meeting(monkeypatch, comments, "salted", 8)
    if not locked:
        unlocked(monkeypatch)
    acts = [writing(held, group[number % 3], f"{number}") for number in range(24)]
    results = together(acts, connections=8)
    places = list(Comment.objects.order_by("number").values_list("number", flat=True))
    assert places == list(range(1, results.done + 1))
    if locked:
        assert results.ends == {"done": 24}
        assert list(invariants.comments()) == []
    else:
        assert results.ends["IntegrityError"] > 0


@pytest.mark.parametrize("locked", [True, False])
def test_a_form_sent_twice_is_kept_once(
    group: list[Member], held: Round, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    if not locked:
        unlocked(monkeypatch)
    paused = Paused(monkeypatch, comments, "_check_pace")
    results = paused.meanwhile(writing(held, group[1]), writing(held, group[1]))
    assert results.ends == ({"done": 1, "same-comment": 1} if locked else {"done": 2})


@pytest.mark.parametrize("locked", [True, False])
def test_twenty_an_hour_on_many_proposals_at_once(
    group: list[Member], held: Round, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    other = proposing.propose(
        kind="resolution", params={"title": "A"}, text="So.", by=group[0], at=database_clock() - DAY
    )
    for number in range(19):
        say(held, group[1], f"{number}", database_clock())
    if not locked:
        monkeypatch.setattr(locks, "hold_author", lambda _user: None)
    paused = Paused(monkeypatch, comments, "_check_pace")
    results = paused.meanwhile(writing(held, group[1]), writing(other, group[1]))
    assert results.ends == ({"done": 1, "too-many-comments": 1} if locked else {"done": 2})


@pytest.mark.parametrize("locked", [True, False])
def test_no_comment_comes_after_the_end(
    group: list[Member], held: Round, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    """The application is withdrawn, and the sweep ends the round while a comment is being written."""
    if not locked:
        unlocked(monkeypatch)
    paused, moment = Paused(monkeypatch, comments, "_answered"), database_clock() + HOUR

    def withdrawn() -> None:
        application = held.proposal.application
        assert application is not None
        type(application).objects.filter(pk=application.pk).update(withdrawn_at=moment)
        rounds.close_due(clock=at(moment))

    results = paused.meanwhile(writing(held, group[1]), withdrawn)
    assert results.ends == {"done": 2}
    outcome = Outcome.objects.get()
    assert (Comment.objects.get().recorded_at < outcome.recorded_at) is locked


@pytest.mark.parametrize("locked", [True, False])
def test_nobody_answers_what_is_taken_back_meanwhile(
    group: list[Member], held: Round, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    first = say(held, group[0], "First", database_clock())
    if not locked:
        unlocked(monkeypatch)
    paused = Paused(monkeypatch, comments, "_answered")
    results = paused.meanwhile(
        writing(held, group[1], answers=1), lambda: comments.take_back(comment=first, by=user(group[0]))
    )
    # Without the lock the answer would come after it, and only the trigger holds.
    assert results.ends == ({"done": 2} if locked else {"done": 1, "IntegrityError": 1})


@pytest.mark.parametrize("locked", [True, False])
def test_a_comment_is_taken_back_once(
    group: list[Member], held: Round, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    first = say(held, group[0], "First", database_clock())
    if not locked:
        unlocked(monkeypatch)
    paused = Paused(monkeypatch, comments, "_is_gone")

    def take_back() -> None:
        comments.take_back(comment=first, by=user(group[0]))

    results = paused.meanwhile(take_back, take_back)
    assert (results.done, Retraction.objects.count()) == (1, 1)
    # Without the lock both find it there, and only the table throws the later one back.
    assert results.ends == {"done": 1, "comment-gone" if locked else "IntegrityError": 1}
