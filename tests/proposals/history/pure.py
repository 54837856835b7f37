"""The program as rules alone: no database, no service; what they keep in rows is kept in lists here."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

from charter.rules import thresholds
from charter.rules.terms import Terms
from proposals.rules import casting, elections, motions, rounds, states, tallies
from proposals.rules.casting import Standing
from proposals.rules.motions import Asking, Moved
from proposals.rules.rounds import Opening
from proposals.rules.states import Facts, State, Times
from proposals.rules.tallies import Cast, Tally
from tests.proposals.history.story import Story

NOON, ZONE = datetime(2026, 11, 13, 12, tzinfo=UTC), ZoneInfo("Asia/Shanghai")
TERMS = cast("Terms", SimpleNamespace(voting_days=7, voting_min_hours=24))
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def moment(hour: float) -> datetime:
    """An hour of a story as a moment."""
    return NEVER if hour > 1_000_000 else NOON + timedelta(hours=hour)


class Rules:
    """One proposal decided by the pure rules; who has a seat is a query, and taken from the facts."""

    def __init__(self, story: Story) -> None:
        self.story, self.rule = story, thresholds.parse(story.rule)
        self.number, self.executed = 0, False
        self._open(0, story.candidates)

    def _open(self, now: float, candidates: Sequence[str]) -> None:
        model = self.story.model
        away = {who for who, gone, back in model.absent if gone <= now < back}
        self.seats = sorted({who for who, (joined, left) in model.people.items() if joined <= now < left} - away)
        self.times = rounds.times(TERMS, moment(now), final=self.story.final)
        self.candidates, self.casts, self.motions = tuple(candidates), list[Cast](), list[tuple[str, Moved]]()
        self.number, self.result, self.window = self.number + 1, "", (moment(now), NEVER)

    def _times(self) -> Times:
        return motions.effective(self.times, [moved for _who, moved in self.motions])

    def _tally(self) -> Tally:
        seats = range(len(self.seats))
        if not self.candidates:
            return tallies.tally(self.rule, seats, reversed(self.casts))
        choices = list(tallies.current(self.casts).values())
        return elections.elect(self.rule, len(seats), {key: choices.count(key) for key in choices}, self.candidates)

    def _left(self, who: str, now: float) -> bool:
        return now >= float(self.story.model.people[who][1])

    def _standing(self, who: str) -> Standing:
        seat = self.seats.index(who) if who in self.seats else None
        own = [item for item in self.casts if item.seat == seat]
        current = tallies.current(self.casts)
        others = [current.get(place) for place in range(len(self.seats)) if place != seat]
        return Standing(
            round=1,
            round_number=self.number,
            times=self._times(),
            closed=bool(self.result),
            seat=seat,
            handle=who,
            staying=True,
            seq=len(own),
            choice=own[-1].choice if own else "",
            number=len(self.casts),
            link="",
            others_in_favour=all(choice == "for" for choice in others),
            unanimous=not self.candidates and self.rule.unanimous,
            hidden=self.story.hidden,
            candidates=self.candidates,
        )

    def cast(self, who: str, said: str, now: float) -> bool:
        """The rules of `services.ballots.cast`."""
        standing, at = self._standing(who), moment(now)
        words = {"reason": "Why.", "missing": "More."} if said == "object" else {"reason": "", "missing": ""}
        refused = casting.refusal(standing, at=at, left=self._left(who, now))
        if refused or casting.refusal_of(standing, choice=said, **words):
            return False
        assert standing.seat is not None
        self.casts.append(Cast(standing.seat, standing.seq + 1, said))
        if casting.completes(standing, choice=said, at=at):
            self._close(now)
        return True

    def _may_ask(self, who: str, now: float) -> bool:
        return casting.refusal(self._standing(who), at=moment(now), left=self._left(who, now)) is None

    def _ask(self, kind: str, who: str, until: float, now: float) -> bool:
        waiting = [moved.kind for _who, moved in self.motions if motions.waits(moved, self._times(), moment(now))]
        asking = Asking(
            times=self._times(),
            asks=who == "ana",
            held=any(author == who and moved.kind == "hold" for author, moved in self.motions),
            waiting=frozenset(waiting),
        )
        until_at = None if kind == "cancel" else moment(until)
        refused = motions.refusal(asking, kind=kind, reason="Why.", until_at=until_at, at=moment(now))
        if refused or not self._may_ask(who, now):
            return False
        self.motions.append((who, Moved(kind, moment(now), until_at)))
        return True

    def hold(self, who: str, until: float, now: float) -> bool:
        """Time to think."""
        return self._ask("hold", who, until, now)

    def ask(self, kind: str, who: str, until: float, now: float) -> bool:
        """A later deadline, or a cancellation."""
        return self._ask(kind, who, until, now)

    def _answer(self, place: int, who: str, now: float) -> bool:
        author, moved = self.motions[place]
        refused = motions.answer_refusal(moved, own=author == who, times=self._times(), at=moment(now))
        if refused or self.result or moment(now) >= self._times().deadline_at:
            return False
        self.motions[place] = (author, replace(moved, answered_at=moment(now)))
        return True

    def release(self, who: str, now: float) -> bool:
        """The end of one's own hold."""
        holds = [place for place, (author, moved) in enumerate(self.motions) if author == who and moved.kind == "hold"]
        place = holds[0]
        done = self._answer(place, who, now)
        if done:
            self._close(now)
        return done

    def second(self, kind: str, who: str, now: float) -> bool:
        """Another member's word."""
        place = max(place for place, (_author, moved) in enumerate(self.motions) if moved.kind == kind)
        if not self._may_ask(who, now) or not self._answer(place, who, now):
            return False
        self._close(now, gone=kind == "cancel")
        return True

    def go_on(self, who: str, now: float) -> bool:
        """The rules of `services.rounds.open_next`; an election has none."""
        if self.story.candidates:
            return False
        at, held = moment(now), [moved for _who, moved in self.motions]
        tally = self._tally()
        ended = self.result or states.result(self._times(), tally, at=at) or ""
        opening = Opening(
            may_propose="member",
            roles=frozenset(("member",)),
            gone=False,
            result=ended,
            objections=tally.objections,
            held=motions.held_until(held, at) is not None,
            expired=self.result == "succeeded" and at >= self.window[1],
        )
        if rounds.refusal(opening) or self.executed:
            return False
        self._open(now, ())
        return True

    def _close(self, now: float, *, gone: bool = False) -> None:
        tally, at = self._tally(), moment(now)
        result = None if self.result else states.result(self._times(), tally, at=at, gone=gone)
        if result is not None:
            self.result = str(result)
            day = moment(self.story.on).astimezone(ZONE).date() if self.story.on else None
            self.window = states.execution_window(at, day, ZONE)
        if result == "rejected" and isinstance(tally, elections.Election) and self.number == 1 and len(tally.votes) > 1:
            self.rule = elections.RUN_OFF
            self._open(now, elections.two_highest(tally.votes))
        elif self.result:
            self.executed |= self._state(now) == State.SUCCEEDED

    def _state(self, now: float) -> State:
        facts = Facts(
            times=self._times(),
            tally=self._tally(),
            result=self.result,
            gone=False,
            executed=self.executed,
            sealed=self.story.hidden and not self.result,
            execute_at=self.window[0] if self.result else None,
            expires_at=self.window[1] if self.result else None,
        )
        return states.state(facts, at=moment(now))

    def sweep(self, now: float) -> None:
        """What the worker does: it closes, and carries out in its time."""
        self._close(now)

    def people(self, what: str, who: str, until: float, now: float) -> bool:
        """Nothing that the rules keep; a recusal comes while no round is open and another one may be."""
        ended = self.result in ("objected", "silence", "rejected") or self._state(now) == State.EXPIRED
        return what != "recuse" or ended

    def told(self, now: float) -> dict[str, Any]:
        """As the story tells it."""
        return {"round": self.number, "result": self.result, "state": str(self._state(now)), "seats": self.seats}
