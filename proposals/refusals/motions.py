"""What the rules refuse of motions: holds, extensions, cancellations (docs/motions.md)."""

from django.utils.translation import gettext_lazy as _

from journal.refusals import Conflict, NotAllowed, Refusal


class RoundOver(Conflict):
    """The effective deadline has passed, or the round has its outcome."""

    code = "round-closed"
    message = _("This round has ended, so nothing can be asked of it any more.")


class NotAsker(NotAllowed):
    """Neither who put the proposal forward nor the leader, who has no say in an election."""

    code = "not-asker"
    message = _(
        "A later deadline or a cancellation is asked for by who put the proposal forward, or by the leader. The leader "
        "does not ask it of an election."
    )


class AlreadyHeld(Conflict):
    """A second hold of one seat in one round."""

    code = "already-held"
    message = _("You have asked for time in this round before. Everybody can do that once in a round.")


class MotionOpen(Conflict):
    """The same kind waits for its second already."""

    code = "motion-open"
    message = _("The same is asked for already and waits for a second member.")


class MotionReasonMissing(Refusal):
    """Nothing is asked without a reason."""

    code = "reason-missing"
    field = "reason"
    message = _("Say why: all members read it.")


class MotionReasonTooLong(Refusal):
    """More than a reader takes in."""

    code = "text-too-long"
    field = "reason"
    message = _("Shorten the reason to 1,000 characters.")


class HoldTime(Refusal):
    """A hold that has ended before it began, or lasts too long."""

    code = "hold-time"
    field = "until_at"
    message = _("Choose a moment within the next 72 hours.")


class ExtensionTime(Refusal):
    """No later deadline, or one that is too late."""

    code = "extension-time"
    field = "until_at"
    message = _("A later deadline is after the present one, by 30 days at most.")


class UnknownMotion(Refusal):
    """A motion that does not exist."""

    code = "unknown-motion"
    status = 404
    message = _("Nothing like this was asked in this round.")


class OwnMotion(NotAllowed):
    """Who asked cannot be the second member."""

    code = "own-motion"
    message = _("Another member has to second what you ask for.")


class NotYourHold(NotAllowed):
    """A hold is released by who asked for it."""

    code = "not-your-hold"
    message = _("Only who asked for time can release it early.")


class MotionAnswered(Conflict):
    """Seconded, released or over."""

    code = "motion-answered"
    message = _("This was answered already, or its time is over. Nothing was changed.")


class HoldRuns(Conflict):
    """The next round while somebody has time to think in this one."""

    code = "hold-runs"
    message = _("A member asked for time, so this round does not end yet. The next one can open after that.")


class ProposalCanceled(Conflict):
    """A round after a cancellation."""

    code = "proposal-canceled"
    message = _("Two members have canceled this proposal. No further round opens.")
