"""Counting an election: one vote a member, for a candidate or as an abstention. Pure; docs/elections.md."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from math import ceil, floor

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from charter.rules import thresholds
from charter.rules.thresholds import Threshold
from proposals.rules import tallies
from proposals.rules.tallies import ABSTAIN, Tally

PREFIX = "for:"
# The two highest of a first round in which nobody had enough: most votes win.
RUN_OFF = Threshold(share=Fraction(0), strict=True)
IN_RUN_OFF = 2


def choice_for(handle: str) -> str:
    """What a ballot for a candidate says."""
    return f"{PREFIX}{handle}"


def candidate_of(choice: str) -> str:
    """The handle that a ballot is for; empty for an abstention and for no vote."""
    return choice.removeprefix(PREFIX) if choice.startswith(PREFIX) else ""


def choices(candidates: Iterable[str]) -> frozenset[str]:
    """What a ballot can say in a round with these candidates."""
    return frozenset((ABSTAIN, *map(choice_for, candidates)))


def tie_order(members_since: Mapping[str, date]) -> list[str]:
    """Candidates in the order that breaks ties: the longest current membership first, then the handle in byte order."""
    return sorted(members_since, key=lambda handle: (members_since[handle], handle.encode()))


@dataclass(frozen=True)
class Election(Tally):
    """A tally of candidates: `votes` in their tie order; `count` is that of the leading one against all others."""

    votes: tuple[tuple[str, int], ...] = ()

    @property
    def consent(self) -> bool:
        """A vote for somebody else is no objection, not even where everybody has to agree."""
        return False

    def ends_early(self, *, final: bool) -> bool:
        """Never: an election ends at its deadline, when everybody had the time that was said."""
        return False

    @property
    def leading(self) -> str:
        """Who has most votes, of equals the first in the tie order; empty while nobody has one."""
        handle, most = self._highest()
        return handle if most else ""

    @property
    def elected(self) -> str | None:
        """Who is elected if the round ends so, or None."""
        return self.leading if self.passes else None

    @property
    def tied(self) -> list[str]:
        """Who shares the highest number of votes; empty unless there are two or more."""
        _handle, most = self._highest()
        found = [handle for handle, number in self.votes if number == most and most]
        return found if len(found) > 1 else []

    @property
    def settled(self) -> bool:
        """Whether the missing votes, whatever they will be, leave it as it is: the same one elected, or nobody.

        Who can still be elected is elected with all of them in favour. The leading one stays elected with every
        mixture if it is so at the corners, and if no rival gets ahead with all of them.
        """
        left, most = self.missing, self.count.in_favour
        if not self.passes:
            return not any(self._met_for(number, in_favour=left) for _handle, number in self.votes)
        place = [handle for handle, _number in self.votes].index(self.leading)
        ahead = all(
            number + left < most or (number + left == most and place < rival)
            for rival, (_handle, number) in enumerate(self.votes)
            if rival != place
        )
        corners = [{"in_favour": left}, {"abstained": left}, *([{"against": left}] if len(self.votes) > 1 else [])]
        return ahead and all(self._met_for(most, **corner) for corner in corners)

    def as_json(self) -> dict[str, object]:
        """The count and its arithmetic; `votes` as pairs, `elected` a handle or null."""
        return super().as_json() | {
            "votes": [[handle, number] for handle, number in self.votes],
            "elected": self.elected,
        }

    def sentence(self, names: Mapping[str, str] | None = None) -> str:
        """The arithmetic in words, in the reader's language; people by their `names` where these are given."""
        if not self.count.seats:
            return _("Nobody has a seat, and without electors nothing passes.")
        if not self.leading:
            return _("No vote is for a candidate, and without a vote nobody is elected.")
        called = {handle: (names or {}).get(handle, handle) for handle, _number in self.votes}
        counted = pgettext("between names", ", ").join(f"{called[handle]} {number}" for handle, number in self.votes)
        return " ".join([f"{counted}.", self._needed(), *self._tie(called)])

    def _needed(self) -> str:
        if self.rule == RUN_OFF:
            return _("Most votes win.")
        if self.rule.against or self.rule.abstain:
            return self._weighed()
        # The least whole number that reaches the share, or passes it.
        least = floor(self.needed) + 1 if self.rule.strict else ceil(self.needed)
        text = ngettext("%(least)d vote is needed to be elected.", "%(least)d votes are needed to be elected.", least)
        return text % {"least": least}

    def _tie(self, called: Mapping[str, str]) -> list[str]:
        if not self.tied:
            return []
        text = _("Of equal votes those for %(name)s come first: by the longer membership, then by the handle.")
        return [text % {"name": called[self.leading]}]

    def _highest(self) -> tuple[str, int]:
        return max(self.votes, key=lambda item: item[1], default=("", 0))

    def _met_for(self, number: int, **more: int) -> bool:
        """Whether the rule is met for a candidate with so many votes, once the missing ones have come as `more`."""
        given = self.count.in_favour + self.count.against
        count = replace(self.count, in_favour=number, against=given - number)
        return self.rule.met(replace(count, **{key: getattr(count, key) + value for key, value in more.items()}))


def elect(rule: Threshold, seats: int, votes: Mapping[str, int], candidates: Sequence[str]) -> Election:
    """The tally of so many seats, of which so many chose each choice with their current ballot.

    `candidates` in the tie order. A vote for nobody of them is a ValueError.
    """
    named = tuple((handle, votes.get(choice_for(handle), 0)) for handle in candidates)
    if strange := {choice for choice, number in votes.items() if choice and number} - choices(candidates):
        raise ValueError(f"votes for who is no candidate: {sorted(strange)}")
    most = max((number for _handle, number in named), default=0)
    count = thresholds.Tally(
        seats=seats,
        in_favour=most,
        against=sum(number for _handle, number in named) - most,
        abstained=votes.get(ABSTAIN, 0),
    )
    return Election(rule=rule, count=count, objections=0, votes=named)


def counted(rule: Threshold, seats: int, votes: Mapping[str, int], candidates: Sequence[str] = ()) -> Tally:
    """The tally of any round: of an election where it has candidates."""
    return elect(rule, seats, votes, candidates) if candidates else tallies.counted(rule, seats, votes)


def two_highest(votes: Sequence[tuple[str, int]]) -> list[str]:
    """Who goes into the run-off, in the tie order: the two with most votes, of equals the first in that order."""
    ranked = sorted(range(len(votes)), key=lambda place: (-votes[place][1], place))
    return [votes[place][0] for place in sorted(ranked[:IN_RUN_OFF])]
