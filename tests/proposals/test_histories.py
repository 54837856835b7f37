"""Random histories of joining, leaving, voting, sweeping and going on, against a model that knows none of the code."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from journal.refusals import Refusal
from members.models import Member
from members.services import memberships
from proposals.models import Outcome, Round
from proposals.selectors import replays
from proposals.services import ballots, rounds
from tests.proposals.cast import DAY, NOW, at, found, opened

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
HISTORIES, STEPS = 20, 30


class Model:
    """One proposal, told again: who is a member, who has a seat, who voted what, how the round ended."""

    def __init__(self, handles: list[str]) -> None:
        self.left: dict[str, object] = dict.fromkeys(handles)
        self.ended = ""
        self.begin(NOW)

    def inside(self, handle: str, now: datetime) -> bool:
        day = self.left[handle]
        return day is None or now.astimezone(ZONE).date() <= day  # type: ignore[operator]

    def begin(self, now: datetime) -> None:
        self.opened, self.ended = now, ""
        self.seats = {handle for handle in self.left if self.inside(handle, now)}
        self.votes: dict[str, str] = {}

    def all_in_favour(self) -> bool:
        return all(self.votes.get(handle) == "for" for handle in self.seats)

    def sweep(self, now: datetime) -> None:
        if not self.ended and self.all_in_favour() and now >= self.opened + DAY:
            self.ended = "succeeded"
        elif not self.ended and now >= self.opened + 7 * DAY:
            self.ended = "objected" if "object" in self.votes.values() else "silence"

    def cast(self, handle: str, choice: str, now: datetime) -> str:
        before = self.votes.get(handle, "")
        if self.ended or now >= self.opened + 7 * DAY:
            return "round-closed"
        if handle not in self.seats:
            return "no-seat"
        if not self.inside(handle, now):
            return "left-group"
        if choice == "for" == before:
            return "same-ballot"
        if choice == "withdrawn" and before != "object":
            return "nothing-to-withdraw"
        self.votes[handle] = choice
        if choice == "for":
            self.sweep(now)
        return "done"

    def go_on(self, now: datetime) -> str:
        self.sweep(now)
        if self.ended == "succeeded":
            return "already-passed"
        if not self.ended and "object" not in self.votes.values():
            return "round-running"
        self.begin(now)
        return "done"


class History:
    """The same steps taken by the services and by the model."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        handles = ["ana", "ben", "chen", "dana"][: self.chance.randint(1, 4)]
        members = found(handles)
        self.proposal, self.held = opened(members[0])
        self.members: dict[str, Member] = dict(zip(handles, members, strict=True))
        self.model, self.now, self.step = Model(handles), NOW, 0

    def attempt(self, act: Callable[[], object]) -> str:
        try:
            with transaction.atomic():
                act()
        except Refusal as refusal:
            return refusal.code
        return "done"

    def vote(self) -> None:
        handle = self.chance.choice(list(self.members))
        choice = self.chance.choices(["for", "object", "withdrawn"], [8, 1, 2])[0]
        words = {"reason": f"Reason {self.step}", "missing": "More."}
        done = self.attempt(
            lambda: ballots.cast(
                round_id=self.held.pk, by=self.members[handle], choice=choice, clock=at(self.now), **words
            )
        )
        assert done == self.model.cast(handle, choice, self.now)

    def join(self) -> None:
        handle = f"m{self.step:02d}"
        day = self.now.astimezone(ZONE).date()
        self.members[handle] = memberships.join(
            handle=handle, name=handle, joined_on=day, decided_by="import", by="import", at=self.now
        )
        self.model.left[handle] = None

    def leave(self) -> None:
        # The leader stays, to go on.
        staying = [name for name, day in self.model.left.items() if day is None and name != "ana"]
        if not staying:
            return
        handle, day = self.chance.choice(staying), self.now.astimezone(ZONE).date()
        member = self.members[handle]
        if (
            self.attempt(lambda: memberships.declare_exit(member=member, exited_on=day, by=member, at=self.now))
            == "done"
        ):
            self.model.left[handle] = day

    def sweep(self) -> None:
        rounds.close_due(clock=at(self.now))
        self.model.sweep(self.now)

    def go_on(self) -> None:
        leader = self.members["ana"]
        done = self.attempt(
            lambda: rounds.open_next(proposal=self.proposal, changes="New.", by=leader, clock=at(self.now))
        )
        before = self.model.ended
        assert done == self.model.go_on(self.now)
        if done == "done":
            self.held = Round.objects.get(proposal=self.proposal, number=self.held.number + 1)
        elif not before:
            # The refusal took the closing back with it; the next sweep closes.
            self.model.ended = before

    def check(self) -> None:
        ended = Outcome.objects.filter(round=self.held).values_list("result", flat=True).first() or ""
        assert ended == self.model.ended
        assert set(self.held.seats.values_list("member__handle", flat=True)) == self.model.seats

    def run(self) -> str:
        steps = [self.vote, self.join, self.leave, self.sweep, self.go_on]
        for self.step in range(STEPS):
            self.now += timedelta(minutes=self.chance.choice([1, 60, 60, 600, 2000]))
            self.chance.choices(steps, [12, 1, 1, 2, 1])[0]()
            self.check()
        assert list(replays.broken_proposals()) == []
        return self.model.ended


def test_random_histories_agree_with_the_model() -> None:
    ends = set()
    for seed in range(HISTORIES):
        with transaction.atomic():
            ends.add(History(seed).run())
            transaction.set_rollback(True)
    # The chances are such that every end is really reached.
    assert ends >= {"", "succeeded"}
    assert ends & {"objected", "silence"}
