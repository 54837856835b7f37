"""What milestones, acceptances by unit, refunds and disputes refuse."""

from django.utils.translation import gettext_lazy as _

from consulting.refusals.engagements import TreasurerOnly
from journal.refusals import Conflict, NotAllowed, Refusal


class ClientOnly(TreasurerOnly):
    """Somebody else accepts for the client."""

    code = "client-only"
    message = _("Only the client accepts, or the treasurer for them.")


class SidesOnly(NotAllowed):
    """A dispute or an offer by somebody who is on neither side."""

    code = "sides-only"
    message = _("Only the client and the experts of this engagement can do this.")


class UnknownUnit(Refusal):
    """A unit that the engagement does not have."""

    code = "unknown-unit"
    field = "units"
    message = _("This engagement has no such session or milestone. Choose one of its list.")


class UnitAccepted(Conflict):
    """A session or milestone that the client accepted before."""

    code = "unit-accepted"
    field = "units"


class InDispute(Conflict):
    """Nothing moves while the sides disagree."""

    code = "in-dispute"
    field = "engagement"
    message = _("This engagement is in dispute. Nothing of it is accepted, refunded or changed until that is settled.")


class StillOpen(Conflict):
    """Closing an engagement that has work nobody answered for."""

    code = "still-open"
    field = "engagement"
    message = _("Something of this engagement is neither accepted nor refunded in full. Accept or refund it first.")


class MilestonesUnexpected(Refusal):
    """Milestones of work by the hour."""

    code = "milestones-unexpected"
    clause = "income.2.3"
    message = _("Work by the hour is accepted session by session. Milestones belong to a fixed price.")


class MilestonesUneven(Refusal):
    """Milestones that do not come to the price."""

    code = "milestones-uneven"
    clause = "income.2.3"
    field = "price_micro"


class MilestonesFixed(Conflict):
    """Milestones of which one was worked on, delivered or accepted."""

    code = "milestones-fixed"
    message = _("A milestone has sessions, was delivered or refunded. The milestones stay as they are now.")


class MilestoneUnreadable(Refusal):
    """A milestone without a title or a price."""

    code = "milestone-unreadable"
    field = "title"
    message = _("Give each milestone a title and a price above zero.")


class RefundUnreadable(Refusal):
    """A refund of nothing."""

    code = "refund-unreadable"
    field = "amount_micro"
    message = _("Enter an amount above zero, with at most six decimals.")


class RefundTooMuch(Refusal):
    """More than the unit has left."""

    code = "refund-too-much"
    field = "amount_micro"


class RefundReasonMissing(Refusal):
    """A refund that nobody explains."""

    code = "refund-reason-missing"
    field = "reason"
    message = _("Say why the money goes back.")


class RefundChanged(Conflict):
    """Something of the unit went back since the form was shown."""

    code = "refund-changed"
    message = _("Something of this was refunded since you looked. Check what is left and confirm again.")


class CreditTooSmall(Refusal):
    """Paying back more than the client's credit."""

    code = "credit-too-small"
    field = "amount_micro"


class EvidenceMissing(Refusal):
    """Money paid back without a reference that proves it."""

    code = "evidence-missing"
    field = "evidence"
    message = _("Enter the bank’s or the chain’s reference of the payment.")


class PaidBackAlready(Conflict):
    """The same evidence a second time."""

    code = "paid-back-already"
    field = "evidence"
    message = _("A payment to this client with this reference is on record already.")


class DisputeOpened(Conflict):
    """A second dispute beside an open one."""

    code = "dispute-opened"
    message = _("This engagement is in dispute already.")


class NoDispute(Conflict):
    """An offer or a settlement where nothing is in dispute."""

    code = "no-dispute"
    message = _("This engagement is not in dispute any more.")


class DisputeReasonMissing(Refusal):
    """A dispute that says nothing."""

    code = "dispute-reason-missing"
    field = "reason"
    message = _("Say what is wrong, so that the other side can answer.")


class PercentUnreadable(Refusal):
    """No whole number from 0 to 100."""

    code = "percent-unreadable"
    field = "percent"
    message = _("Enter a whole number from 0 to 100.")


class NotYoursToWithdraw(NotAllowed):
    """Taking back a dispute that somebody else opened."""

    code = "not-yours-to-withdraw"
    message = _("Only the side that opened the dispute takes it back.")


class UnknownEngagement(Refusal):
    """An act about an engagement that does not exist."""

    code = "unknown-engagement"
    field = "engagement"
    message = _("There is no engagement with this reference.")
