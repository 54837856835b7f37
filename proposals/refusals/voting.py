"""What the rules of voting refuse: ballots, their signatures, evidence."""

from django.utils.translation import gettext_lazy as _

from journal.refusals import Conflict, NotAllowed, Refusal


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
