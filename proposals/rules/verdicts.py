"""Where a round stands, in the words of its page: the figure, what follows, and what each end would mean."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from charter.rules.thresholds import Threshold
from proposals.models import Outcome
from proposals.rules.states import State
from proposals.rules.tallies import Tally

TONES = {
    State.PENDING: "",
    State.ACTIVE: "wait",
    State.CANCELED: "",
    State.DEFEATED: "block",
    State.SUCCEEDED: "ok",
    State.QUEUED: "ok",
    State.EXPIRED: "block",
    State.EXECUTED: "ok",
}


@dataclass(frozen=True)
class Line:
    """One of the ends that the round may have."""

    icon: str
    title: str
    text: str
    clause: str = ""


@dataclass(frozen=True)
class Verdict:
    """The box on top of the page; tone `ok`, `block` or none."""

    figure: str
    lead: str
    tone: str


@dataclass(frozen=True)
class Stand:
    """What the words are made of. `tally` is None for who may not know the count; names in the order to be shown.

    `sealed`: nobody may before it is closed; `over`: and its time is over. `waits_until`: the moment from which a
    success is carried out, as text.
    """

    state: State
    seats: int
    tally: Tally | None
    result: str = ""
    missing: Sequence[str] = ()
    objecting: Sequence[str] = ()
    leaving: Sequence[str] = ()
    preview: Sequence[str] = ()
    admission: bool = True
    sealed: bool = False
    over: bool = False
    waits_until: str = ""


def listed(names: Sequence[str]) -> str:
    """Names in one line, as the language separates them."""
    return pgettext("between names", ", ").join(names)


def verdict(stand: Stand) -> Verdict:
    """Figure, sentence and tone."""
    if stand.tally is None:
        return _closed_doors(stand)
    figure = ngettext("%(yes)d of %(all)d in favour", "%(yes)d of %(all)d in favour", stand.tally.count.in_favour) % {
        "yes": stand.tally.count.in_favour,
        "all": stand.seats,
    }
    if stand.state in (State.ACTIVE, State.DEFEATED) and not stand.tally.rule.unanimous:
        return _weighed(stand, figure)
    if stand.state == State.CANCELED:
        return Verdict(figure, _("The application was withdrawn or closed, so there is nothing to decide."), "block")
    if stand.state == State.EXPIRED:
        return Verdict(figure, _("It has passed, but was not carried out in time. Another round may open."), "block")
    if stand.state == State.QUEUED:
        waits = _("It has passed and waits for its day: %(moment)s.") % {"moment": stand.waits_until}
        return Verdict(figure, " ".join([waits, *stand.preview]), "ok")
    if stand.state in (State.SUCCEEDED, State.EXECUTED):
        return Verdict(figure, " ".join(stand.preview) or _("This proposal has passed."), "ok")
    if stand.state == State.DEFEATED:
        return Verdict(figure, _defeat(stand), "block")
    if stand.objecting:
        return Verdict(figure, _paused(stand.objecting), "block")
    return Verdict(figure, _running(stand), "")


def _weighed(stand: Stand, figure: str) -> Verdict:
    """Under a rule that counts: where it stands now, or how it ended."""
    assert stand.tally is not None
    if stand.state == State.DEFEATED:
        return Verdict(figure, _("There were not enough votes, so nothing changes."), "block")
    if stand.tally.passes:
        return Verdict(figure, _("If the round ended now, it would pass."), "")
    return Verdict(figure, _("If the round ended now, it would not pass."), "")


def outlook(tally: Tally, *, final: bool, missing: Sequence[str]) -> str:
    """Who can still change the outcome of a running round."""
    if not final:
        return _("Until the deadline every ballot can be changed, so everybody who votes can change the outcome.")
    if tally.settled:
        return _("Nobody left can change the outcome.")
    return ngettext(
        "Ballots are final. Who can still change the outcome: %(names)s.",
        "Ballots are final. Who can still change the outcome: %(names)s.",
        len(missing),
    ) % {"names": listed(missing)}


def _sealed(stand: Stand) -> Verdict:
    if stand.over:
        return Verdict(_("The round is over"), _("The ballots are being counted and published."), "")
    lead = ngettext(
        "%(all)d member votes. Before the round has closed nobody learns who has voted, how many, or how.",
        "%(all)d members vote. Before the round has closed nobody learns who has voted, how many, or how.",
        stand.seats,
    ) % {"all": stand.seats}
    return Verdict(_("The vote is open, and hidden"), lead, "")


def _closed_doors(stand: Stand) -> Verdict:
    if stand.sealed and stand.state != State.CANCELED:
        return _sealed(stand)
    lead = ngettext(
        "%(all)d member votes. How each one voted is published when the round has closed.",
        "%(all)d members vote. How each one voted is published when the round has closed.",
        stand.seats,
    ) % {"all": stand.seats}
    if stand.objecting:
        return Verdict(_("The vote is paused"), _paused(stand.objecting), "block")
    return Verdict(_("The vote is open"), lead, "")


def _paused(names: Sequence[str]) -> str:
    return ngettext(
        "%(names)s objects. Nothing passes while the objection stands.",
        "%(names)s object. Nothing passes while their objections stand.",
        len(names),
    ) % {"names": listed(names)}


def _running(stand: Stand) -> str:
    if stand.leaving:
        return ngettext(
            "%(names)s has left the group without voting, so this round cannot pass.",
            "%(names)s have left the group without voting, so this round cannot pass.",
            len(stand.leaving),
        ) % {"names": listed(stand.leaving)}
    if not stand.missing:
        return _("Everybody is in favour. Until the round ends every ballot can still be changed.")
    return ngettext(
        "One vote is missing: %(names)s.", "%(number)d votes are missing: %(names)s.", len(stand.missing)
    ) % {"names": listed(stand.missing), "number": len(stand.missing)}


def _defeat(stand: Stand) -> str:
    if stand.result == Outcome.Result.OBJECTED or stand.objecting:
        return ngettext(
            "%(names)s objected, so the round ended without a decision.",
            "%(names)s objected, so the round ended without a decision.",
            len(stand.objecting),
        ) % {"names": listed(stand.objecting)}
    if not stand.admission:
        return ngettext(
            "One vote was missing at the deadline: %(names)s. Nothing passes by silence.",
            "%(number)d votes were missing at the deadline: %(names)s. Nothing passes by silence.",
            len(stand.missing),
        ) % {"names": listed(stand.missing), "number": len(stand.missing)}
    return ngettext(
        "One vote was missing at the deadline: %(names)s. Nobody is admitted by silence.",
        "%(number)d votes were missing at the deadline: %(names)s. Nobody is admitted by silence.",
        len(stand.missing),
    ) % {"names": listed(stand.missing), "number": len(stand.missing)}


def ends(stand: Stand, *, rule: Threshold, name: str, earliest: str, deadline: str) -> list[Line]:
    """The ends that a running round may have; moments as text, `earliest` empty once the last vote ends the round."""
    if stand.state not in (State.ACTIVE, State.PENDING):
        return []
    words = {"all": stand.seats, "earliest": earliest, "deadline": deadline}
    if not rule.unanimous:
        return [
            Line("check", _("The rule is met at %(deadline)s:") % words, " ".join(stand.preview)),
            Line("cross", _("It is not:"), _("nothing changes.")),
        ]
    return [
        Line(
            "check",
            ngettext("The one vote in favour:", "All %(all)d in favour:", stand.seats) % words,
            (
                _("%(preview)s The round ends at %(earliest)s at the earliest.")
                if earliest
                else _("%(preview)s The round ends with the last vote.")
            )
            % (words | {"preview": " ".join(stand.preview)}),
        ),
        Line("cross", _("One objection:"), _asked(stand, name)),
        Line(
            "wait",
            _("A vote missing at %(deadline)s:") % words,
            _("the round lapses. Nobody is admitted by silence.")
            if stand.admission
            else _("the round lapses. Nothing passes by silence."),
            "join.2.4" if stand.admission else "",
        ),
    ]


def _asked(stand: Stand, name: str) -> str:
    """What an objection asks for, and of whom."""
    if not stand.admission:
        return _("nothing passes while it stands. It names the information that is missing, then a new round may open.")
    return _(
        "nothing passes while it stands. %(name)s is asked for the information that is named, then a new round "
        "may open."
    ) % {"name": name}
