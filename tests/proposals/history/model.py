"""A decision told in sixty lines that know nothing of the program: who votes, when it ends, how. Times are hours."""

from collections import Counter
from itertools import product
from types import SimpleNamespace


class Model(SimpleNamespace):
    """Facts: people and absent (who: from, until), rule, final, on, askers; of a round its votes, holds, ends."""

    def open(self, now: float, yes: tuple[str, ...] = ("for",)) -> None:
        away = {who for who, gone, back in self.absent if gone <= now < back}
        self.seats = {who for who, (joined, left) in self.people.items() if joined <= now < left} - away
        self.opened, self.ends, self.result, self.yes, self.plain = now, now + 168, "", yes, yes == ("for",)
        self.votes, self.holds = dict[str, str](), dict[str, float]()
        self.number += 1

    def met(self, yes: int, no: int, neither: int) -> bool:
        part, whole, more, of_all, weight_of_no, weight_of_neither, most, turnout = self.rule
        seats, voted = len(self.seats), yes + no + neither
        beyond = whole * (yes - weight_of_no * no - weight_of_neither * neither) - part * (seats if of_all else voted)
        return bool(yes and no <= most and voted >= turnout * seats and (beyond > 0 or (beyond == 0 and not more)))

    def held(self) -> float:
        return max([0, *self.holds.values()])

    def look(self, now: float) -> str:  # how the round ends if somebody looks now; empty while it goes on
        cast, unanimous = Counter(self.votes.values()), self.plain and self.rule[:4] == (1, 1, False, True)
        yes, neither = max(cast[choice] for choice in self.yes), cast["abstain"]
        no = cast.total() - cast["withdrawn"] - yes - neither
        left, passes = range(len(self.seats) - yes - no - neither + 1), self.met(yes, no, neither)
        mixtures = product(left, repeat=3) if self.final and not self.result and now >= self.opened + 24 else ()
        settled = len({self.met(yes + a, no + b, neither + c) for a, b, c in mixtures if a + b + c in left}) == 1
        early = self.plain and (passes if unanimous else settled) and now >= max(self.opened + 24, self.held())
        lost = ("objected" if cast["object"] else "silence") if unanimous else "rejected"
        over = early or now >= max(self.ends, self.held())
        return self.result or ("" if not over else "succeeded" if passes else lost)

    def close(self, now: float, result: str = "") -> None:
        if not self.result and (result or self.look(now)):
            self.result, self.starts = result or self.look(now), max(now, self.on)
            two = sorted(self.yes, key=Counter(self.votes.values()).__getitem__, reverse=True)[:2]
            if self.result == "rejected" and len(two) == 2 and self.number == 1:
                self.rule = (0, 1, True, True, 0, 0, len(self.seats), 0)
                self.open(now, tuple(choice for choice in self.yes if choice in two))
        self.executed |= self.result == "succeeded" and self.starts <= now < self.starts + 720

    def may(self, what: str, who: str, now: float, said: str = "", until: float = 0, by: str = "") -> bool:
        had, ended, due = self.votes.get(who), self.look(now), max(self.ends, self.held())
        votes = not self.result and now < due and who in self.seats and now < self.people[who][1]
        again = (self.final and had) or (had != "object" and said in ("withdrawn", had))
        lapsed = self.result == "succeeded" and not self.executed and now >= self.starts + 720
        paused = not ended and "object" in self.votes.values() and now >= self.held()
        return {
            "cast": votes and not again,
            "hold": votes and who not in self.holds and now < until <= now + 72,
            "release": not self.result and now < due and self.holds.get(who, 0) > now,
            "move": votes and due < (until or due + 1) <= due + 720 and (who != by if by else who in self.askers),
            "next": self.plain and (lapsed or paused or ended in ("objected", "silence", "rejected")),
        }[what]
