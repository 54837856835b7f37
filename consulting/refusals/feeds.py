"""What calendars refuse, by name."""

from django.utils.translation import gettext_lazy as _

from journal.refusals import Conflict, Refusal


class AddressUnreadable(Refusal):
    """No address of a calendar."""

    code = "address-unreadable"
    field = "address"
    message = _("Enter the calendar’s whole address, which begins with https://, http:// or webcal://.")


class AddressClosed(Refusal):
    """An address that we do not ask: a name and password in it, another port, or a place that is not public."""

    code = "address-closed"
    field = "address"
    message = _("Enter a public address without a user name, on the usual port.")


class CalendarListed(Conflict):
    """The same calendar twice."""

    code = "calendar-listed"
    status = 422
    field = "address"
    message = _("This calendar is listed already.")
