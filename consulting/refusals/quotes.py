"""What quotes refuse."""

from django.utils.translation import gettext_lazy as _

from journal.refusals import Conflict, NotAllowed, Refusal


class NoQuotes(Refusal):
    """Not everybody works at a fixed price."""

    code = "no-quotes"
    clause = "income.2.2"
    message = _("This expert does not write quotes. Choose another one, or a session by the hour.")


class NeedMissing(Refusal):
    """A request that says nothing."""

    code = "need-missing"
    field = "need"
    message = _("Say what you need, in at most 4,000 characters.")


class NameMissing(Refusal):
    """Whoever asks or accepts has a name."""

    code = "name-missing"
    field = "name"
    message = _("Enter your name, in at most 120 characters.")


class QuoteOfAnother(NotAllowed):
    """The expert who was asked writes the offer."""

    code = "quote-of-another"
    message = _("Only the expert who was asked writes this offer.")


class QuoteUnproved(Conflict):
    """Nobody has shown yet that the address is theirs."""

    code = "quote-unproved"
    message = _("The address of this request is not proved yet.")


class QuoteSent(Conflict):
    """What was sent stays."""

    code = "quote-sent"
    message = _("This offer is sent already and stays as it is.")


class QuoteNotSent(Conflict):
    """There is nothing to answer yet."""

    code = "quote-not-sent"
    message = _("There is no offer yet. You get a mail when it is there.")


class QuoteAnswered(Conflict):
    """One answer."""

    code = "quote-answered"
    message = _("This offer was answered already.")


class QuoteExpired(Conflict):
    """An offer holds until its day."""

    code = "quote-expired"
    message = _("This offer is no longer valid. Ask the expert for a new one.")


class OfferIncomplete(Refusal):
    """An offer says what is done, by whom, for how much."""

    code = "offer-incomplete"
    field = "scope"
    message = _("An offer needs a title, a scope and at least one milestone with a title and a price above zero.")


class TooManyMilestones(Refusal):
    """More parts than anybody keeps apart."""

    code = "too-many-milestones"
    message = _("Divide the work into at most 20 milestones.")


class NoExperts(Refusal):
    """Somebody does it."""

    code = "no-experts"
    clause = "income.2.3"
    field = "weights"
    message = _("Name at least one member with a weight above 0, you among them.")


class ValidityOutOfBounds(Refusal):
    """An offer that is over at once, or never."""

    code = "validity-out-of-bounds"
    field = "valid_days"
    message = _("An offer is valid for 1 to 90 days.")


class ReserveIncomplete(Refusal):
    """Hours that are kept free need a week to begin and an end."""

    code = "reserve-incomplete"
    field = "weekly"
    message = _("To keep hours free each week, enter hours up to 40, a Monday and 1 to 52 weeks; or none of the three.")
