"""What the rules refuse of a proposal's life: put forward, opened, carried out."""

from django.utils.translation import gettext_lazy as _

from journal.refusals import Conflict, NotAllowed, Refusal


class LeaderOnly(NotAllowed):
    """What the charter gives to the leader."""

    code = "leader-only"
    clause = "join.2.3"
    message = _("Only the group leader opens this proposal and its rounds.")


class MembersOnly(NotAllowed):
    """What members do, asked for by somebody else."""

    code = "members-only"
    message = _("Only members of the group do this.")


class AlreadyProposed(Conflict):
    """One application, one proposal; what follows is a round of it."""

    code = "already-proposed"
    clause = "join.2.4"
    message = _("This application has its proposal already. Open the next round of it.")


class SameProposed(Conflict):
    """The same acts while a vote on them runs."""

    code = "same-proposed"
    message = _("The members vote on exactly this already. Wait for the end of that round.")


class UnknownKind(Refusal):
    """A kind of proposal that does not exist, or that is put forward elsewhere."""

    code = "unknown-kind"
    status = 404
    message = _("There is no such kind of proposal.")


class PurposeMissing(Refusal):
    """A proposal that does not say why."""

    code = "purpose-missing"
    field = "text"
    message = _("Say why: everybody who votes reads it.")


class Untyped(Refusal):
    """A draft whose fields say nothing yet, or nothing readable."""

    code = "untyped"
    message = _("Say in the form what it should do.")


class TitleMissing(Refusal):
    """A resolution that says nothing."""

    code = "title-missing"
    field = "title"
    clause = "duty.3"
    message = _("Write in one sentence of at most 120 characters what is resolved.")


class NoElectors(Conflict):
    """An electorate of nobody."""

    code = "no-electors"
    clause = "join.2.4"
    message = _("Nobody would have a seat, and without electors nothing passes. A group needs a member first.")


class NoVotingTime(Conflict):
    """`voting.days` is 0."""

    code = "no-voting-time"
    clause = "join.2.4"
    message = _("The charter gives a round no day to vote. Amend its days for voting first.")


class RoundRunning(Conflict):
    """The next round while one runs that nobody objected to."""

    code = "round-running"
    clause = "join.2.4"
    message = _("The round is still open and nobody objects. The next one can open when it has ended.")


class AlreadyPassed(Conflict):
    """A round after the one that passed."""

    code = "already-passed"
    message = _("This proposal has passed. It needs no further round.")


class ChangesMissing(Refusal):
    """A next round that does not say what is new."""

    code = "changes-missing"
    field = "changes"
    clause = "join.2.4"
    message = _("Say what changed since the last round, so that the members know what is new.")


class ApplicationGone(Conflict):
    """Withdrawn by the applicant, or closed."""

    code = "application-gone"
    clause = "join.2.1"
    message = _("The application has been withdrawn or closed, so there is nothing to decide.")


class NotPassed(Conflict):
    """Execution of what has not passed."""

    code = "not-passed"
    clause = "join.2.4"
    message = _("This proposal has not passed, so there is nothing to carry out.")


class AlreadyExecuted(Conflict):
    """A second execution."""

    code = "already-executed"
    message = _("This proposal has been carried out already.")


class ActsAltered(Conflict):
    """The stored acts no longer give the digest that was voted on."""

    code = "acts-altered"
    message = _("What would be carried out is not what was voted on. Nothing was done; run “manage.py verify”.")


class OpensInPast(Refusal):
    """An announcement for a moment that is over."""

    code = "opens-in-past"
    field = "opens_on"
    message = _("Name a later moment for the opening, or open it at once.")


class OpensTooFar(Refusal):
    """An announcement that everybody forgets."""

    code = "opens-too-far"
    field = "opens_on"
    message = _("Let it open within 30 days.")


class ExecutionInPast(Refusal):
    """A day of execution that is over."""

    code = "execution-in-past"
    field = "execute_on"
    message = _("Name today or a later day, or leave it empty.")


class ExecutionTooFar(Refusal):
    """A day of execution that nobody plans for."""

    code = "execution-too-far"
    field = "execute_on"
    message = _("Name a day within a year.")


class NotPending(Conflict):
    """Opening or taking back what does not wait any more."""

    code = "not-pending"
    message = _("This proposal does not wait to be opened: it has opened, or was taken back.")


class NotDue(Conflict):
    """Opening before the moment that was announced."""

    code = "not-due"
    message = _("This proposal opens later, as it was announced.")


class NotOpened(Conflict):
    """A next round of what has had none."""

    code = "not-opened"
    message = _("This proposal has not opened yet. It opens by itself at the moment that was announced.")


class NotYours(NotAllowed):
    """Taking back what somebody else put forward."""

    code = "not-yours"
    message = _("Only who put it forward, or the group leader, takes it back.")


class TooEarly(Conflict):
    """Execution before its day."""

    code = "too-early"
    message = _("This proposal has passed and waits for its day. It cannot be carried out before.")


class Expired(Conflict):
    """Execution of what was not carried out in time."""

    code = "expired"
    message = _("This proposal was not carried out in time. Put it to the vote again with another round.")


class RecusalTooLate(Conflict):
    """A word about recusal while a round is open, or when no other will open."""

    code = "recusal-too-late"
    message = _("Seats are fixed when a round opens. You can recuse yourself before it opens.")


class RecusalReasonMissing(Refusal):
    """A recusal that does not say why."""

    code = "reason-missing"
    field = "reason"
    message = _("Say why you take no part: the members read it.")


class SameRecusal(Conflict):
    """A recusal again."""

    code = "same-recusal"
    message = _("You have recused yourself already.")


class NotRecused(Conflict):
    """Taking back what was not said."""

    code = "not-recused"
    message = _("You have not recused yourself from this proposal.")
