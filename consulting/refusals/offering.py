"""What an expert's offer refuses, by name."""

from django.utils.translation import gettext_lazy as _

from journal.refusals import Conflict, NotAllowed, Refusal


class OwnOfferOnly(NotAllowed):
    """A profile belongs to its expert, and only a member is one."""

    code = "own-offer-only"
    clause = "duty.2.2"
    message = _("Only a member offers advice, and each member changes their own offer only.")


class ZoneUnknown(Refusal):
    """A time zone that nobody knows."""

    code = "zone-unknown"
    field = "time_zone"
    message = _("Choose a time zone of the list, such as Asia/Shanghai.")


class TooManyWords(Refusal):
    """A list of fields or skills that nobody reads."""

    code = "too-many-words"
    message = _("Name at most 12, each with at most 40 characters, with commas between them.")


class LanguageUnknown(Refusal):
    """A code that is no language."""

    code = "language-unknown"
    field = "languages"
    message = _("Choose languages of the list.")


class FormUnknown(Refusal):
    """A form of work that the charter does not know."""

    code = "form-unknown"
    clause = "income.2.2"
    field = "forms"
    message = _("Choose forms of work of the list.")


class NoticeOutOfBounds(Refusal):
    """A notice below zero or above two weeks."""

    code = "notice-out-of-bounds"
    field = "notice_hours"
    message = _("Enter a notice of 0 to 336 hours.")


class HorizonOutOfBounds(Refusal):
    """Open for no day, or for longer than anybody knows their weeks."""

    code = "horizon-out-of-bounds"
    field = "horizon_days"
    message = _("Enter 1 to 120 days.")


class BufferOutOfBounds(Refusal):
    """A pause below zero or above two hours."""

    code = "buffer-out-of-bounds"
    field = "buffer_minutes"
    message = _("Enter a pause of 0 to 120 minutes.")


class HeadlineMissing(Refusal):
    """A public profile without a headline."""

    code = "headline-missing"
    field = "headline"
    message = _("Say in one sentence what you help with before you publish.")


class NoForm(Refusal):
    """A public profile that offers nothing."""

    code = "no-form"
    clause = "income.2.2"
    field = "forms"
    message = _("Choose at least one form of work before you publish.")


class NoRate(Refusal):
    """A public profile without a rate."""

    code = "no-rate"
    clause = "income.2.2"
    field = "rate_micro"
    message = _("Enter your rate by the hour before you publish.")


class LanguageMissing(Refusal):
    """A public profile without a language."""

    code = "language-missing"
    field = "languages"
    message = _("Choose at least one language before you publish.")


class MinutesOffGrid(Refusal):
    """A time that is no half hour."""

    code = "minutes-off-grid"
    field = "starts_minute"
    message = _("Times are full or half hours from 00:00 to 24:00.")


class WindowBackwards(Refusal):
    """An end that is not after its beginning."""

    code = "window-backwards"
    field = "ends_minute"
    message = _("The end lies after the beginning. Enter a night in two parts, up to 24:00 and from 00:00.")


class HoursListed(Conflict):
    """The same hours twice."""

    code = "hours-listed"
    status = 422
    field = "starts_minute"
    message = _("These hours are listed already.")


class DayPast(Refusal):
    """An exception for a day that is over."""

    code = "day-past"
    field = "falls_on"
    message = _("This day is over. Enter today or a later day.")


class TooManyRows(Refusal):
    """More hours, exceptions or pieces than a page can show."""

    code = "too-many-rows"
    message = _("There are too many already. Remove some first.")


class LinkUnreadable(Refusal):
    """A link that is none."""

    code = "link-unreadable"
    field = "url"
    message = _("Enter a whole link that begins with https:// or http://.")


class LinkListed(Conflict):
    """The same work twice."""

    code = "link-listed"
    status = 422
    field = "url"
    message = _("This link is listed already.")


class ProfileMissing(Conflict):
    """Hours and work belong to a profile."""

    code = "profile-missing"
    message = _("Save your profile first.")


class SpanTooLong(Refusal):
    """Asking for more days of free times than anybody offers."""

    code = "span-too-long"
    field = "last"
    message = _("Ask for 1 to 120 days, the first one before or on the last.")


class MinutesUnknown(Refusal):
    """A length that is not offered."""

    code = "minutes-unknown"
    field = "minutes"
    message = _("Choose a length of 30, 60, 90, 120, 180 or 240 minutes.")
