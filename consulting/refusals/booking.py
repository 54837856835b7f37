"""What booking refuses, by name."""

from django.utils.translation import gettext_lazy as _

from journal.refusals import Conflict, NotAllowed, Refusal


class NotByTheHour(Conflict):
    """The expert sells no single hours, or not any more."""

    code = "not-by-the-hour"
    clause = "income.2.2"
    message = _("This expert offers no sessions by the hour at present.")


class OwnTime(NotAllowed):
    """An expert who books themselves."""

    code = "own-time"
    message = _("You cannot book your own time.")


class SlotTaken(Conflict):
    """The time is not free, or not any more."""

    code = "slot-taken"
    field = "start"
    message = _("This time is not free any more. Nothing you typed is lost; choose another time.")


class HoldOpen(Conflict):
    """One time at a time for who has not paid yet."""

    code = "hold-open"
    field = "email"
    message = _("Another time is held for this address. Pay for it or give it back first, or wait until it is free.")


class TooManyHolds(Refusal):
    """More times held from one network address than anybody needs."""

    code = "too-many-holds"
    status = 429
    message = _("Too many times were held from your network in the last hour. Try again later or sign in.")


class TooManyCodes(Refusal):
    """More codes asked for than mails get lost."""

    code = "too-many-codes"
    status = 429
    message = _("Three further codes were mailed. Look into the folder for unwanted mail, or book again.")


class HoldLapsed(Conflict):
    """The half hour is over."""

    code = "hold-lapsed"
    message = _("The time was held for 30 minutes and is free again. Book it once more if it still is.")


class CodeWrong(Refusal):
    """A code that is not the mailed one."""

    code = "code-wrong"
    field = "code"
    message = _("This is not the code of the latest mail. Type its six digits.")


class CodeSpent(Conflict):
    """A code that was used, or was tried too often."""

    code = "code-spent"
    field = "code"
    message = _("This code was used already, or was wrong too often.")


class NotYourBooking(NotAllowed):
    """Somebody who is neither the client nor the expert."""

    code = "not-your-booking"
    message = _("Only the client and the expert change a booking, each their own side.")


class BookingOver(Conflict):
    """A booking that was given back, answered already, or has begun."""

    code = "booking-over"
    message = _("Nothing can be changed here any more: the session has begun, or the booking was given back.")


class NotPaidYet(Conflict):
    """What comes after the payment, before it."""

    code = "not-paid-yet"
    message = _("The booking is not paid yet.")


class TooLateToMove(Conflict):
    """Moving is free until an hour that was fixed at booking."""

    code = "too-late-to-move"


class ReserveUnreadable(Refusal):
    """Reserved hours or weeks that are none."""

    code = "reserve-unreadable"
    clause = "income.2.2"
    field = "weekly_centi"
    message = _("Reserve more than 0 hours a week, for 1 to 52 weeks that begin on a Monday.")


class WeeksReserved(Conflict):
    """The same weeks twice."""

    code = "weeks-reserved"
    field = "first_monday"
    message = _("Hours of this expert are reserved for these weeks of the engagement already.")
