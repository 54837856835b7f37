"""Counting a round: its rule, its seats and their ballots give one tally, whatever the order they are read in."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from charter.rules import thresholds
from charter.rules.thresholds import Threshold

FOR, OBJECT, WITHDRAWN = "for", "object", "withdrawn"
AGAINST = frozenset((OBJECT, "against"))
ABSTAIN = "abstain"


@dataclass(frozen=True)
class Cast:
    """One ballot as the count needs it: whose seat, the how many-th of that seat, what."""

    seat: int
    seq: int
    choice: str


@dataclass(frozen=True)
class Tally:
    """What a round's ballots add up to under its rule. An objection counts against, a withdrawn one as no vote."""

    rule: Threshold
    count: thresholds.Tally
    objections: int

    @property
    def passes(self) -> bool:
        """Whether the rule is met. Nothing passes while an objection stands under a rule that wants everybody."""
        return self.rule.met(self.count) and not (self.rule.everybody and self.objections)

    @property
    def consent(self) -> bool:
        """Whether a no is an objection that can be answered: under the unanimous rule."""
        return self.rule.unanimous

    def ends_early(self, *, final: bool) -> bool:
        """Whether the round may end before its deadline; `final`: its ballots cannot be changed."""
        return self.passes if self.consent else final and self.settled

    @property
    def missing(self) -> int:
        """Seats without a vote."""
        return self.count.seats - self.count.cast

    @property
    def settled(self) -> bool:
        """Whether the missing votes, whatever they will be, leave the result as it is.

        What can still pass passes with all of them in favour. What passes with all of them in favour, against,
        abstaining and silent passes with every mixture: each part of the rule is a line that the mixtures lie between.
        """
        count, left = self.count, self.missing
        in_favour = self.rule.met(replace(count, in_favour=count.in_favour + left))
        if not self.passes:
            return not in_favour
        return (
            in_favour
            and self.rule.met(replace(count, against=count.against + left))
            and self.rule.met(replace(count, abstained=count.abstained + left))
        )

    @property
    def figure(self) -> Fraction:
        """`for − against × AGAINST − abstain × ABSTAIN`."""
        count, rule = self.count, self.rule
        return Fraction(count.in_favour) - rule.against * count.against - rule.abstain * count.abstained

    @property
    def needed(self) -> Fraction:
        """What the figure has to reach."""
        return self.rule.share * (self.count.seats if self.rule.of == "all" else self.count.cast)

    def as_json(self) -> dict[str, object]:
        """The count and its arithmetic as canonical JSON: whole numbers, fractions as text."""
        return {
            "rule": self.rule.written(),
            "seats": self.count.seats,
            "in_favour": self.count.in_favour,
            "against": self.count.against,
            "abstained": self.count.abstained,
            "missing": self.missing,
            "figure": str(self.figure),
            "needed": str(self.needed),
            "passes": self.passes,
        }

    def sentence(self) -> str:
        """The same in words, in the reader's language."""
        numbers = {"yes": self.count.in_favour, "seats": self.count.seats}
        if not self.count.seats:
            return _("Nobody has a seat, and without electors nothing passes.")
        if not self.rule.unanimous:
            return self._weighed()
        if self.passes:
            return (
                ngettext(
                    "The one vote is in favour, as the rule demands.",
                    "All %(seats)d votes are in favour, as the rule demands.",
                    self.count.seats,
                )
                % numbers
            )
        if self.objections:
            return ngettext(
                "%(yes)d of %(seats)d in favour. One objection stands, and nothing passes while it does.",
                "%(yes)d of %(seats)d in favour. %(number)d objections stand, and nothing passes while they do.",
                self.objections,
            ) % (numbers | {"number": self.objections})
        return ngettext(
            "%(yes)d of %(seats)d in favour. One vote is missing, and silence never passes.",
            "%(yes)d of %(seats)d in favour. %(number)d votes are missing, and silence never passes.",
            self.missing,
        ) % (numbers | {"number": self.missing})

    def _weighed(self) -> str:
        parts = {
            "sum": f"{self.count.in_favour} − {self.rule.against} × {self.count.against}"
            f" − {self.rule.abstain} × {self.count.abstained} = {self.figure}",
            "needed": str(self.needed),
        }
        if self.rule.strict:
            text = _("In favour, less what counts against: %(sum)s. More than %(needed)s is needed.")
        else:
            text = _("In favour, less what counts against: %(sum)s. At least %(needed)s is needed.")
        return text % parts


def current(ballots: Iterable[Cast]) -> dict[int, str]:
    """Each seat's choice: that of its highest seq, in whatever order they come."""
    latest: dict[int, Cast] = {}
    for ballot in ballots:
        if ballot.seat not in latest or latest[ballot.seat].seq < ballot.seq:
            latest[ballot.seat] = ballot
    return {seat: ballot.choice for seat, ballot in latest.items()}


def tally(rule: Threshold, electorate: Sequence[int], ballots: Iterable[Cast]) -> Tally:
    """Counts the current ballot of every seat; a ballot of somebody without a seat is a ValueError."""
    choices = current(ballots)
    if strangers := choices.keys() - set(electorate):
        raise ValueError(f"ballots without a seat: {sorted(strangers)}")
    return counted(rule, len(electorate), Counter(choices.values()))


def counted(rule: Threshold, seats: int, votes: Mapping[str, int]) -> Tally:
    """The tally of so many seats, of which so many chose each choice with their current ballot."""
    count = thresholds.Tally(
        seats=seats,
        in_favour=votes.get(FOR, 0),
        against=sum(votes.get(choice, 0) for choice in AGAINST),
        abstained=votes.get(ABSTAIN, 0),
    )
    return Tally(rule=rule, count=count, objections=votes.get(OBJECT, 0))
