"""What engagements, their sessions and acceptances refuse, by name."""

from django.utils.translation import gettext_lazy as _

from journal.refusals import Conflict, NotAllowed, Refusal


class TreasurerOnly(NotAllowed):
    """Engagements are entered by the treasurer."""

    code = "treasurer-only"
    message = _("Only the treasurer enters engagements, sessions and acceptances.")


class EngagementsForMembers(NotAllowed):
    """What clients order is read inside the group."""

    code = "engagements-for-members"
    message = _("Engagements are open to members and to the treasurer.")


class MalformedReference(Refusal):
    """A reference with other characters, or too long."""

    code = "malformed-reference"
    field = "reference"
    message = _("Write the reference with 1 to 40 letters, digits, dots, hyphens or underscores.")


class ReferenceTaken(Conflict):
    """A reference exists once only."""

    code = "reference-taken"
    field = "reference"
    message = _("This reference is used already. Choose another one.")


class PriceMissing(Refusal):
    """A fixed price without a price."""

    code = "price-missing"
    clause = "income.2.3"
    field = "price_micro"
    message = _("A fixed price needs its price, above zero.")


class PriceUnexpected(Refusal):
    """A price on work by the hour."""

    code = "price-unexpected"
    clause = "income.2.2"
    field = "price_micro"
    message = _("Work by the hour has a rate for each session and no price. Leave the price empty.")


class RateMissing(Refusal):
    """A session by the hour without a rate."""

    code = "rate-missing"
    clause = "income.2.2"
    field = "rate_micro"
    message = _("A session by the hour needs its rate.")


class RateUnexpected(Refusal):
    """A rate on a fixed price."""

    code = "rate-unexpected"
    clause = "income.2.3"
    field = "rate_micro"
    message = _("A session of a fixed price has no rate. Leave it empty.")


class RateOutOfBounds(Refusal):
    """A rate outside what the charter allowed on that day."""

    code = "rate-out-of-bounds"
    clause = "income.2.2"
    field = "rate_micro"


class HoursOutOfBounds(Refusal):
    """A session of no time, or of more than a day."""

    code = "hours-out-of-bounds"
    field = "hours_centi"
    message = _("Enter the hours of one session: more than 0, at most 24, with at most two decimals.")


class WeekFull(Refusal):
    """The session would take the person above the hours a week that the charter allows."""

    code = "week-full"
    clause = "income.2.2"
    field = "hours_centi"


class BeforeJoining(Refusal):
    """Work on a day before the person was a member."""

    code = "before-joining"
    field = "held_on"


class AfterLeaving(Refusal):
    """Work on a day after the person had left."""

    code = "after-leaving"
    clause = "exit.1"
    field = "held_on"


class AcceptedAlready(Conflict):
    """The client accepted the whole: nothing can be added to it any more."""

    code = "accepted-already"
    field = "engagement"


class HeldAfterAcceptance(Refusal):
    """An acceptance covers work up to its day."""

    code = "held-after-acceptance"
    field = "accepted_on"


class AcceptedBeforeOpening(Refusal):
    """An acceptance on a day before the engagement began."""

    code = "accepted-before-opening"
    field = "accepted_on"


class AcceptedInFuture(Refusal):
    """An acceptance on a day that has not come."""

    code = "accepted-in-future"
    field = "accepted_on"
    message = _("The day of acceptance has not come yet. Enter today or an earlier day.")


class NoBasis(Refusal):
    """A fixed price without a weight or an hour cannot be shared."""

    code = "no-basis"
    clause = "income.2.3"
    field = "accepted_on"
    message = _(
        "Nobody has a weight or an hour on this fixed price, so it cannot be shared. Record a session or agree weights."
    )


class NothingToAccept(Refusal):
    """Work by the hour without a session."""

    code = "nothing-to-accept"
    field = "accepted_on"
    message = _("No session is recorded, so there is nothing to accept. Record the sessions first.")


class SplitChanged(Conflict):
    """What was confirmed is not what would be fixed."""

    code = "split-changed"
    message = _("Sessions, weights or the charter have changed since you looked. Check the new sum and confirm again.")


class WeightsUnexpected(Refusal):
    """Weights on work by the hour."""

    code = "weights-unexpected"
    clause = "income.2.3"
    message = _("Work by the hour pays each session to its expert. Weights are agreed for a fixed price only.")


class WeightUnreadable(Refusal):
    """A weight that is no whole number from zero on, or nothing but zeros."""

    code = "weight-unreadable"
    field = "weight"
    message = _("Enter each weight as a whole number from 0 to 1,000,000, at least one of them above 0.")
