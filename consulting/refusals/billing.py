"""What invoices and payments refuse."""

from django.utils.translation import gettext_lazy as _

from journal.refusals import Conflict, NotAllowed, Refusal


class TreasurerConfirms(NotAllowed):
    """Money that arrived is confirmed by the treasurer."""

    code = "treasurer-confirms"
    message = _("Only the treasurer issues and voids invoices and confirms payments.")


class NothingToInvoice(Refusal):
    """An invoice without a line, or of nothing."""

    code = "nothing-to-invoice"
    field = "lines"
    message = _("An invoice needs at least one line, and a total above zero.")


class DueBeforeIssue(Refusal):
    """An invoice that was due before it was sent."""

    code = "due-before-issue"
    field = "due_at"
    message = _("The invoice cannot be due before it is sent. Choose a later day.")


class LanguageNotSpoken(Refusal):
    """An invoice in a language that the pages do not speak."""

    code = "language-not-spoken"
    field = "language"
    message = _("Choose a language of the list.")


class InvoiceVoid(Conflict):
    """A void invoice asks for nothing."""

    code = "invoice-void"
    message = _("This invoice is void. Nothing has to be paid for it.")


class InvoicePaidFor(Conflict):
    """Money was allocated: the invoice stands."""

    code = "invoice-paid-for"
    message = _("Some of this invoice is paid, so it stays. Refund the engagement instead.")


class InvoicePaidAlready(Conflict):
    """Nothing is left to pay."""

    code = "invoice-paid-already"
    message = _("This invoice is fully paid.")


class ReasonMissing(Refusal):
    """Voiding says why."""

    code = "reason-missing"
    field = "reason"
    message = _("Say why, in at most 200 characters.")


class EvidenceMissing(Refusal):
    """A payment is confirmed with what shows it."""

    code = "evidence-missing"
    field = "evidence"
    message = _("Enter the bank’s reference of the transfer, in at most 300 characters.")


class EvidenceUsed(Conflict):
    """One transfer is one payment."""

    code = "evidence-used"
    status = 422
    field = "evidence"
    message = _("This reference already confirmed another payment. One transfer is entered once.")


class AmountMissing(Refusal):
    """A payment of nothing."""

    code = "amount-missing"
    field = "amount"
    message = _("Enter the amount that arrived, above zero.")


class AmountTooLarge(Refusal):
    """More than anybody pays a group for advice, and than a column counts."""

    code = "amount-too-large"
    field = "amount"
    message = _("Enter at most 1,000,000,000 U.")


class ArrivedInFuture(Refusal):
    """Money that has not come."""

    code = "arrived-in-future"
    field = "received_on"
    message = _("This day has not come yet. Enter the day on which the money arrived.")


class PaymentNotFinal(Conflict):
    """Seen is not yet here."""

    code = "payment-not-final"
    message = _("This payment is not final yet, so it cannot be credited.")


class PaymentTakenBack(Conflict):
    """The chain dropped it."""

    code = "payment-taken-back"
    message = _("This payment was taken back, so it cannot be credited.")


class PayerUnknown(Refusal):
    """A payment of nobody is credited to nobody."""

    code = "payer-unknown"
    field = "client"
    message = _("Choose the invoice that this payment pays, or the client who sent it.")


class NotTheirInvoice(Refusal):
    """One client's money does not pay another's invoice."""

    code = "not-their-invoice"
    field = "invoice"
    message = _("This invoice is another client’s.")


class NoCredit(Conflict):
    """Credit that is not there."""

    code = "no-credit"
    message = _("There is no credit that could pay this invoice.")


class ClientsOwnCredit(NotAllowed):
    """Credit is the client's."""

    code = "clients-own-credit"
    message = _("Only the client and the treasurer use the client’s credit.")
