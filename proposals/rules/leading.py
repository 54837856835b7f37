"""Where an election stands, in the words of its page: who leads, what follows, what decides between equals."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from proposals.rules.elections import IN_RUN_OFF, RUN_OFF, Election, two_highest
from proposals.rules.states import State
from proposals.rules.verdicts import Line, Verdict, listed

DECIDED = (State.SUCCEEDED, State.QUEUED, State.EXECUTED, State.EXPIRED)


def verdict(tally: Election, state: State, *, names: Mapping[str, str], told: Sequence[str]) -> Verdict:
    """Figure, sentence and tone; `names` by handle, `told` what is done with the elected candidate."""
    if state in DECIDED:
        tone = "block" if state == State.EXPIRED else "ok"
        return Verdict(_figure(tally, names), " ".join(told) or str(state.label), tone)
    if state == State.ACTIVE:
        return Verdict(_figure(tally, names), _now(tally, names), "")
    return Verdict(_figure(tally, names), _lost(tally, state), "block")


def _figure(tally: Election, names: Mapping[str, str]) -> str:
    if not tally.leading:
        return _("No votes")
    words = {"name": names.get(tally.leading, tally.leading), "votes": tally.count.in_favour, "all": tally.count.seats}
    return (
        ngettext("%(name)s: %(votes)d of %(all)d vote", "%(name)s: %(votes)d of %(all)d votes", tally.count.seats)
        % words
    )


def _now(tally: Election, names: Mapping[str, str]) -> str:
    if not tally.leading:
        return _("Nobody has voted for a candidate yet.")
    if tally.elected:
        return _("If the round ended now, %(name)s would be elected.") % {"name": names.get(tally.elected, "")}
    if tally.rule == RUN_OFF or len(tally.votes) < IN_RUN_OFF:
        return _("If the round ended now, nobody would be elected.")
    two = [names.get(handle, handle) for handle in two_highest(tally.votes)]
    return _("If the round ended now, nobody would be elected, and these two would go into a run-off: %(names)s.") % {
        "names": listed(two)
    }


def _lost(tally: Election, state: State) -> str:
    if state == State.CANCELED:
        return _("The round was canceled, so nobody is elected.")
    if tally.rule != RUN_OFF and len(tally.votes) >= IN_RUN_OFF:
        return _("Nobody had enough votes, and there is no run-off. The leader stays as caretaker.")
    return _("Nobody had enough votes. The leader stays as caretaker until somebody is elected.")


def ends(candidates: Sequence[str], *, run_off: bool, deadline: str) -> list[Line]:
    """The ends that a running round may have, and what decides between equals; names in the tie order."""
    tie = Line("people", _("Equal votes:"), _tie(candidates))
    if run_off:
        return [
            Line("check", _("Most votes at %(deadline)s:") % {"deadline": deadline}, _("elected.")),
            Line("cross", _("No vote for either:"), _("nobody is elected, and the leader stays as caretaker.")),
            *([tie] if len(candidates) > 1 else []),
        ]
    needed = _("The rule is met for one candidate at %(deadline)s:") % {"deadline": deadline}
    lines = [Line("check", needed, _("elected."))]
    if len(candidates) < IN_RUN_OFF:
        return [*lines, Line("cross", _("It is not:"), _("nobody is elected, and the leader stays as caretaker."))]
    then = _("the two with most votes go into a run-off, which opens at once. There most votes win.")
    return [*lines, Line("wait", _("It is met for nobody:"), then, "daily.1"), tie]


def _tie(candidates: Sequence[str]) -> str:
    return _("who has been a member for longer comes first, then the handle decides: %(names)s.") % {
        "names": listed(candidates)
    }
