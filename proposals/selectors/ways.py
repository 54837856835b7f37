"""How far the vote on an application is, told to the floor below for the pages of the applicant and of the group."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from members.registry import Progress, Stage, tells_progress
from proposals.models import Proposal, Round
from proposals.rules.states import Result, State, result
from proposals.selectors.counts import tally_of
from proposals.selectors.motions import timed, times_of
from proposals.selectors.visibility import is_sealed


@tells_progress
def way(application: int, at: datetime) -> Progress | None:
    """The rounds so far, what happens now and what comes; None before the proposal. Two queries at most."""
    rounds = list(
        timed(Round.objects.select_related("outcome", "proposal__execution"))
        .filter(proposal__application=application)
        .order_by("number")
    )
    if not rounds:
        return None
    proposal, last = rounds[0].proposal, rounds[-1]
    ended, paused = _ended(last, at)
    url = reverse("proposals:detail", args=[proposal.number])
    stages = [Stage(_("The leader starts the proposal"), "ok", at=proposal.proposed_at, url=url)]
    now = _now(proposal, last, ended, paused=paused)
    return Progress([*stages, *_rounds(rounds), *now], url, _title(ended, paused=paused))


def _rounds(rounds: Sequence[Round]) -> Iterator[Stage]:
    for held in rounds:
        number = {"number": held.number}
        yield Stage(_("Round %(number)s opens") % number, "ok", at=held.opened_at)
        outcome = getattr(held, "outcome", None)
        if outcome is not None:
            passed = outcome.result == Result.SUCCEEDED
            note = outcome.get_result_display()
            yield Stage(_("Round %(number)s ends") % number, "ok" if passed else "block", outcome.decided_at, note)


def _now(proposal: Proposal, last: Round, ended: str | None, *, paused: bool) -> Iterator[Stage]:
    execution = getattr(proposal, "execution", None)
    if execution is not None:
        yield Stage(_("Carried out"), "now", at=execution.executed_at)
        return
    if ended is None:
        yield Stage(_("Now: the round is paused by an objection") if paused else _("Now: the members vote"), "now")
        yield Stage(_("Round %(number)s closes") % {"number": last.number}, "next", at=times_of(last).deadline_at)
    elif ended == Result.SUCCEEDED:
        yield Stage(str(State.SUCCEEDED.label), "now")
    elif ended != Result.CANCELED:
        yield Stage(_("The leader may open the next round"), "now")


def _title(ended: str | None, *, paused: bool) -> str:
    """What the applicant reads first."""
    if ended == Result.OBJECTED or paused:
        return _("A member objects. Read in the proposal what is missing, then add it to your application.")
    if ended is None:
        return _("The members are voting on your admission.")
    if ended == Result.CANCELED:
        return _("Two members have canceled the vote. You may take your application back and apply again.")
    if ended == Result.REJECTED:
        return _("There were not enough votes. The leader may open the next round.")
    if ended == Result.SUCCEEDED:
        return _("Every member is in favour. You become a member within a minute.")
    return _("The round ended without every vote. The leader may open the next one.")


def _ended(last: Round, at: datetime) -> tuple[str | None, bool]:
    """How the last round ended, and whether an objection keeps it from ending; it is counted once.

    One that is due to close counts as closed, unless it is hidden until it is.
    """
    outcome = getattr(last, "outcome", None)
    if outcome is not None:
        return str(outcome.result), False
    if is_sealed(last):
        return None, False
    tally = tally_of(last)
    ended = result(times_of(last), tally, at=at)
    return ended, ended is None and tally.objections > 0
