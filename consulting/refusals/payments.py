"""What decisions about payments that arrived by themselves refuse."""

from django.utils.translation import gettext_lazy as _

from journal.refusals import Conflict, NotAllowed, Refusal


class DecidedAlready(Conflict):
    """A payment is credited or sent back once."""

    code = "decided-already"
    message = _("This payment is decided already, or nobody needs to decide it. Look at it again.")


class DecisionUnfounded(Refusal):
    """A decision about somebody's money without its evidence."""

    code = "decision-unfounded"
    field = "evidence"
    message = _("Say in at most 300 characters how you know: a message of the payer, the transfer that went back.")


class InvoiceUnknown(Refusal):
    """No invoice of this number."""

    code = "invoice-unknown"
    field = "number"
    message = _("There is no invoice of this number. Write it as it stands on the invoice, like 2026-0001.")


class ClientUnknown(Refusal):
    """No client of this key."""

    code = "client-unknown"
    field = "client"
    message = _("There is no client of this key. Write it as the list of clients shows it, like client-7.")


class AddressesUnreadable(Refusal):
    """A list with a line that is no address."""

    code = "addresses-unreadable"
    field = "addresses"
    message = _("One line is no address: 0x and 40 digits or letters from a to f, one a line. Correct the list.")


class AddressInUse(Conflict):
    """An address of the group that is on the list already, or the one that everybody pays to."""

    code = "address-in-use"
    field = "addresses"
    message = _("One of these addresses is in use already. Take it out of the list.")


class PayersForOpenInvoices(Conflict):
    """An address is proved for an invoice that still asks for money."""

    code = "payers-for-open-invoices"
    message = _("This invoice asks for nothing any more.")


class EventUnsigned(NotAllowed):
    """An event without a signature of the provider, or with a wrong or old one."""

    code = "event-unsigned"
    message = _("The event is not signed by the provider, or its time is more than five minutes off.")


class EventRepeated(Conflict):
    """An event that came before."""

    code = "event-repeated"
    message = _("This event was taken already.")
