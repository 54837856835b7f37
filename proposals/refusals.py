"""What the rules of voting refuse, by name."""

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


class NoSeat(NotAllowed):
    """Somebody who was no member when the round opened."""

    code = "no-seat"
    clause = "join.2.4"
    message = _("You have no seat in this round: those vote who were members when it opened.")


class LeftGroup(NotAllowed):
    """A seat whose holder left after the opening."""

    code = "left-group"
    clause = "exit.1"
    message = _("You have left the group, so you vote no more. What you voted before stays.")


class RoundClosed(Conflict):
    """The deadline has passed, or the round has its outcome."""

    code = "round-closed"
    clause = "join.2.4"
    message = _("This round is closed. Your ballot was not counted.")


class RoundNotOpen(Conflict):
    """Before the opening."""

    code = "round-not-open"
    clause = "join.2.4"
    message = _("This round is not open yet. Vote when it has opened.")


class SameBallot(Conflict):
    """The same ballot again, from a second tab or a second click."""

    code = "same-ballot"
    message = _("You have cast this ballot already. Nothing was changed.")


class NothingToWithdraw(Conflict):
    """A withdrawal without a standing objection."""

    code = "nothing-to-withdraw"
    message = _("You have no objection in this round that could be withdrawn.")


class WordsMoved(Conflict):
    """An objection taken back after the applicant changed what was put to the vote."""

    code = "words-moved"
    clause = "join.2.4"
    message = _(
        "The application was changed since this round opened, so this round cannot go on. The leader opens the "
        "next one, with the new words."
    )


class ChoiceMissing(Refusal):
    """None of the choices."""

    code = "choice-missing"
    field = "choice"
    clause = "join.2.4"
    message = _("Choose whether you are in favour or object.")


class VoteMissing(Refusal):
    """None of the choices of a round that votes."""

    code = "choice-missing"
    field = "choice"
    message = _("Choose whether you are in favour, against, or abstain.")


class BallotFinal(Conflict):
    """A change where ballots were declared final at the opening."""

    code = "ballot-final"
    message = _("Ballots in this round are final, and you have cast yours.")


class ReasonMissing(Refusal):
    """An objection without a reason."""

    code = "reason-missing"
    field = "reason"
    clause = "join.2.4"
    message = _("Say why you object: the applicant and all members read it.")


class InformationMissing(Refusal):
    """An objection that does not say what would answer it."""

    code = "information-missing"
    field = "missing"
    clause = "join.2.4"
    message = _("Name the information that would change your vote.")


class TextTooLong(Refusal):
    """More than a reader takes in."""

    code = "text-too-long"
    message = _("Shorten the text to 4,000 characters.")


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


class UnknownRound(Refusal):
    """A round that does not exist."""

    code = "unknown-round"
    status = 404
    message = _("There is no such round.")


class UnknownBallot(Refusal):
    """A ballot that does not exist, or is somebody else's."""

    code = "unknown-ballot"
    status = 404
    message = _("You have no such ballot.")


class BallotReplaced(Conflict):
    """A signature for a ballot that counts no more."""

    code = "ballot-replaced"
    field = "signature"
    message = _("You have cast a newer ballot. Sign that one.")


class AlreadySigned(Conflict):
    """A second signature."""

    code = "already-signed"
    field = "signature"
    message = _("This ballot is signed already.")


class WalletUnproven(Refusal):
    """A signature of an address that is not proved, or of another text."""

    code = "wallet-unproven"
    field = "signature"
    message = _("None of your proved wallets signed this. Sign the data as it stands, or prove the address first.")


class EvidenceUnreadable(Refusal):
    """Not the envelope of a vote."""

    code = "evidence-unreadable"
    field = "envelope"
    message = _("This is no vote from Snapshot. Paste the whole JSON: address, sig and data.")


class EvidenceForeign(Refusal):
    """A signature of another address, or of another vote."""

    code = "evidence-foreign"
    field = "envelope"
    message = _(
        "The signature is not of this address for this vote. A wallet that is a contract cannot be checked here."
    )


class EvidenceKnown(Conflict):
    """The same vote again."""

    code = "evidence-known"
    field = "envelope"
    message = _("This proposal has this vote already.")


class TooMuchEvidence(Conflict):
    """More than a reader takes in."""

    code = "too-much-evidence"
    field = "envelope"
    message = _("This proposal has 50 votes from Snapshot. It takes no more.")
