"""One random history: the same steps taken by a program and told to the model, which has to agree after each."""

import random
from collections import Counter
from typing import Any, Protocol

from tests.proposals.history.model import Model

FOREVER = float("inf")
# Eight hours after noon in UTC the group's day is over: hours count from there.
MIDNIGHT, A_DAY = 4, 24
# In the order that breaks ties. The first one leads, puts forward what is voted on, and stays.
NAMES = ["ana", "ben", "chen", "dana", "eli", "fay"]
CONCERNED = "zed"
SHARES = [(0, 1), (1, 3), (2, 5), (1, 2), (3, 5), (2, 3), (1, 1)]
# As text, and as a number that a float holds exactly.
WEIGHTS = [("0", 0), ("0", 0), ("1/2", 0.5), ("2", 2)]
TURNOUTS = [("0", 0), ("0", 0), ("1/2", 0.5)]
UNANIMOUS = (1, 1, False, True)
# What is said in a round, and how often.
CONSENT = {"for": 8, "object": 1, "withdrawn": 2}
VOTES = {"for": 6, "against": 3, "abstain": 2}
STEPS = {"vote": 14, "sweep": 3, "go_on": 2, "hold": 1, "release": 1, "ask": 2, "second": 2, "people": 3}
LENGTH = 25
# What ten thousand histories come by: what was accepted, the states, what a next round followed and who had no seat.
REACHED = (
    "for", "object", "withdrawn", "against", "abstain", "held", "released", "extend", "cancel", "run-off", "active",
    "canceled", "defeated", "succeeded", "queued", "expired", "executed", "next after objected", "next after silence",
    "next after rejected", "next after succeeded", "next after an objection", "on leave", "recused",
)  # fmt: skip


class Program(Protocol):
    """What takes the steps. Whoever asks is a name, times are hours; the answer says whether it was accepted."""

    def cast(self, who: str, said: str, now: float) -> bool: ...
    def hold(self, who: str, until: float, now: float) -> bool: ...
    def release(self, who: str, now: float) -> bool: ...
    def ask(self, kind: str, who: str, until: float, now: float) -> bool: ...
    def second(self, kind: str, who: str, now: float) -> bool: ...
    def go_on(self, who: str, now: float) -> bool: ...
    def sweep(self, now: float) -> None: ...
    def people(self, what: str, who: str, until: float, now: float) -> bool: ...
    def told(self, now: float) -> dict[str, Any]: ...


def rule_of(chance: random.Random) -> tuple[str, tuple[Any, ...]]:
    """A rule as the charter writes it and as the model takes it; every third is unanimous."""
    if not chance.randrange(3):
        return "unanimous", (*UNANIMOUS, 0, 0, FOREVER, 1)
    (part, whole), of_all = chance.choice(SHARES), chance.random() < 0.6
    more = part < whole and chance.random() < 0.5
    (no, weight_of_no), (neither, weight_of_neither) = chance.choice(WEIGHTS), chance.choice(WEIGHTS)
    most, (turnout, least) = chance.choice([None, None, 0, 1, 2]), chance.choice(TURNOUTS)
    everybody = chance.random() < 0.1
    text = f"share{'>' if more else '>='}{part}/{whole} of={'all' if of_all else 'cast'} against={no}"
    text += f"{'' if most is None else f' against<={most}'} abstain={neither} turnout>={turnout}"
    text += f" everybody={'yes' if everybody else 'no'}"
    cap = FOREVER if most is None else most
    return text, (part, whole, more, of_all, weight_of_no, weight_of_neither, cap, 1 if everybody else least)


class Story:
    """What happens is chance, by a seed; what has to come of it, the model says."""

    def __init__(self, seed: int) -> None:
        self.chance = chance = random.Random(seed)
        self.now, self.seed = 0.0, seed
        self.rule, rule = rule_of(chance)
        names = NAMES[: chance.randint(1, len(NAMES))]
        self.candidates = [name for name in names if chance.random() < 0.6] if chance.random() < 0.25 else []
        self.concerns = CONCERNED if not self.candidates and chance.random() < 0.2 else ""
        # Most votes win is the rule of a run-off, and everybody that of consent: an election begins with neither.
        while self.candidates and (rule[0] == 0 or rule[:4] == UNANIMOUS):
            self.rule, rule = rule_of(chance)
        counts = rule[:4] != UNANIMOUS
        self.final = counts and chance.random() < 0.3
        self.hidden = counts and not self.final and chance.random() < 0.3
        self.on = chance.choice([0, 0, MIDNIGHT + A_DAY * chance.randint(0, 15)]) if not self.candidates else 0
        self.waiting: dict[str, tuple[str, float]] = {}
        self.seen: Counter[str] = Counter()
        people = dict.fromkeys([*names, *([self.concerns] if self.concerns else [])], (-FOREVER, FOREVER))
        absent = [(self.concerns, -FOREVER, FOREVER)]
        facts = {"final": self.final, "on": self.on, "askers": {"ana"}, "number": 0, "result": "", "executed": False}
        self.model = Model(rule=rule, people=people, absent=absent, **facts)
        self.model.open(0, tuple(f"for:{name}" for name in self.candidates) or ("for",))
        self.consent = not counts

    def told(self) -> dict[str, Any]:
        """What has to be known of it now."""
        model, ended = self.model, self.model.look(self.now)
        state = {"": "active", "succeeded": "succeeded", "canceled": "canceled"}.get(ended, "defeated")
        if model.executed:
            state = "executed"
        elif self.hidden and not model.result:
            state = "active"
        elif model.result == "succeeded":
            lapsed, waits = self.now >= model.starts + 720, self.now < model.starts
            state = "expired" if lapsed else "queued" if waits else "succeeded"
        return {"round": model.number, "result": model.result, "state": state, "seats": sorted(model.seats)}

    def run(self, program: Program) -> str:
        """Takes its steps; says where the program and the model first disagree, or nothing."""
        for number in range(LENGTH):
            self._tick()
            kind = self.chance.choices(list(STEPS), list(STEPS.values()))[0]
            fault = getattr(self, f"_{kind}")(program)
            told, expected = program.told(self.now), self.told()
            self.seen[str(expected["state"])] += 1
            if fault or told != expected:
                where = f"seed {self.seed}, step {number}, hour {self.now:g}, {kind} under {self.rule}"
                return f"{where}: {fault or f'{told} instead of {expected}'}"
        return ""

    def _tick(self) -> None:
        """Time passes: not at all, a while, or to a moment that decides or the hour before it."""
        model, chance = self.model, self.chance
        moments = [model.opened + 24, max(model.ends, model.held()), model.held()]
        moments += [model.starts, model.starts + 720] if model.result else []
        moments = [moment for moment in moments if moment > self.now]
        if moments and chance.random() < 0.2:
            self.now = max(self.now, chance.choice(moments) - chance.choice([0, 0, 1]))
        else:
            self.now += chance.choice([0, 0, 1, 1, 5, 20, 30, 70, 70 if chance.random() < 0.8 else 800])

    def _someone(self) -> str:
        return str(self.chance.choice(list(self.model.people)))

    def _vote(self, program: Program) -> str:
        known = CONSENT if self.consent else VOTES
        known = dict.fromkeys([*self.model.yes, "abstain"], 1) if self.candidates else known
        who, said = self._someone(), self.chance.choices(list(known), list(known.values()))[0]
        expected = self.model.may("cast", who, self.now, said=said)
        done = program.cast(who, said, self.now)
        if done:
            self.seen[said.partition(":")[0]] += 1
            self.model.votes[who] = said
            self._closed()
            self.seen["closed by a vote"] += bool(self.model.result)
        elif who in self.model.seats and not self.model.result and self.now < self.model.ends:
            self.seen["left"] += bool(self.now >= self.model.people[who][1])
        return _differs(f"{who} says {said}", done, expected)

    def _hold(self, program: Program) -> str:
        who, until = self._someone(), self.now + self.chance.choice([0, 1, 20, 72, 73])
        expected = self.model.may("hold", who, self.now, until=until)
        done = program.hold(who, until, self.now)
        if done:
            self.seen["held"] += 1
            self.model.holds[who] = until
        return _differs(f"{who} holds until {until}", done, expected)

    def _release(self, program: Program) -> str:
        if not self.model.holds:
            return ""
        who = self.chance.choice(list(self.model.holds))
        expected = self.model.may("release", who, self.now)
        done = program.release(who, self.now)
        if done:
            self.seen["released"] += 1
            self.model.holds[who] = self.now
            self._closed()
        return _differs(f"{who} releases", done, expected)

    def _ask(self, program: Program) -> str:
        kind, who = self.chance.choice(["extend", "extend", "cancel"]), self._asker()
        due = max(self.model.ends, self.model.held())
        until = due + self.chance.choice([0, 1, 50, 720, 721]) if kind == "extend" else 0
        waits = kind in self.waiting and (kind == "cancel" or self.waiting[kind][1] > due)
        expected = not waits and self.model.may("move", who, self.now, until=until)
        done = program.ask(kind, who, until, self.now)
        if done:
            self.waiting[kind] = (who, until)
        return _differs(f"{who} asks to {kind}", done, expected)

    def _asker(self) -> str:
        return self.chance.choice(["ana", self._someone()])

    def _second(self, program: Program) -> str:
        if not self.waiting:
            return ""
        kind, who = self.chance.choice(sorted(self.waiting)), self._someone()
        asker, until = self.waiting[kind]
        expected = self.model.may("move", who, self.now, until=until, by=asker)
        done = program.second(kind, who, self.now)
        if done:
            self.seen[kind] += 1
            del self.waiting[kind]
            self.model.ends = until or self.model.ends
            self._closed("" if until else "canceled")
        return _differs(f"{who} seconds to {kind}", done, expected)

    def _go_on(self, program: Program) -> str:
        expected = self.model.may("next", "ana", self.now)
        done = program.go_on("ana", self.now)
        if done:
            self.seen[f"next after {self.model.result or 'an objection'}"] += 1
            self.model.open(self.now)
            self.waiting.clear()
            self._count_absent()
        return _differs("the next round", done, expected)

    def _sweep(self, program: Program) -> str:
        program.sweep(self.now)
        self._closed()
        return ""

    def _closed(self, result: str = "") -> None:
        round_before = self.model.number
        self.model.close(self.now, result)
        if self.model.number > round_before:
            self.seen["run-off"] += 1
        if self.model.number > round_before or self.model.result:
            self.waiting.clear()

    def _people(self, program: Program) -> str:
        """Somebody joins, leaves, goes on leave, recuses themself or takes that back."""
        day = int((self.now - MIDNIGHT) // A_DAY)
        tomorrow = MIDNIGHT + A_DAY * (day + 1)
        what = self.chance.choice(["join", "leave", "away", "recuse"])
        there = [who for who, (_joined, left) in self.model.people.items() if left == FOREVER]
        free = [who for who in there if who not in {"ana", self.concerns, *self.candidates, *self._absent()}]
        if what == "join":
            who = f"m{len(self.model.people):02d}"
            if program.people(what, who, 0, self.now):
                self.model.people[who] = (self.now, FOREVER)
        elif free:
            who = self.chance.choice(free)
            until = tomorrow if what == "leave" else tomorrow + A_DAY * self.chance.randint(0, 9)
            if program.people(what, who, until, self.now):
                self._gone(what, who, until)
        return ""

    def _count_absent(self) -> None:
        for who, gone, back in self.model.absent:
            if who != self.concerns and gone <= self.now < back:
                self.seen["on leave" if back < FOREVER else "recused"] += 1

    def _absent(self) -> list[str]:
        return [who for who, _gone, _back in self.model.absent]

    def _gone(self, what: str, who: str, until: float) -> None:
        if what == "leave":
            self.model.people[who] = (self.model.people[who][0], until)
        else:
            self.model.absent.append((who, self.now, FOREVER if what == "recuse" else until))


def _differs(what: str, done: bool, expected: bool) -> str:
    return "" if done == expected else f"{what}: {'done' if done else 'refused'}, and should not be"
