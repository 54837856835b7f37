"""What the charter refuses, by name."""

from django.utils.translation import gettext_lazy as _

from journal.refusals import Conflict, Refusal


class NoGroup(Refusal):
    """The database has no group yet."""

    code = "no-group"
    status = 409
    message = _("There is no group yet. Found it first with “manage.py found_group” or import its records.")


class GroupExists(Conflict):
    """One deployment runs one group."""

    code = "group-exists"
    message = _("The group is founded already. One deployment runs one group.")


class UnknownSetting(Refusal):
    """A key that no clause carries."""

    code = "unknown-setting"
    field = "key"


class UnreadableValue(Refusal):
    """A value that is not written as its kind demands."""

    code = "unreadable-value"
    field = "value"


class OutOfBounds(Refusal):
    """A value that can be read but that the charter's bounds exclude."""

    code = "out-of-bounds"
    field = "value"


class AmendedTwice(Refusal):
    """The same day and setting twice."""

    code = "amended-twice"
    field = "key"


class NothingToAmend(Refusal):
    """An amendment without a change."""

    code = "nothing-to-amend"
    message = _("The amendment changes nothing. Name at least one setting or clause and what it shall say.")


class UnknownClause(Refusal):
    """A text of no clause, or in no language, of the charter."""

    code = "unknown-clause"
    message = _("The charter has no such clause in this language. Choose one that its page shows.")


class UnwrittenText(Refusal):
    """No words, too many, or signs that nobody can read."""

    code = "unwritten-text"
    message = _("Write the clause in 1 to 1,000 characters, as one paragraph of plain text.")


class MarkMissing(Refusal):
    """A value that the clause shows would disappear from the page."""

    code = "mark-missing"


class UnknownMark(Refusal):
    """Braces around something else than a setting of the clause."""

    code = "unknown-mark"
    message = _("Braces stand only around the settings of this clause, as the text in force has them.")


class TextUnchanged(Refusal):
    """The text that the clause has, or will have."""

    code = "text-unchanged"


class ReplacedUnnamed(Refusal):
    """A text without the digest of the one it replaces, or a digest without a text."""

    code = "replaced-unnamed"
    message = _("Name for each text, and only for these, the digest of the text it replaces. The charter lists them.")


class TextMoved(Conflict):
    """The clause reads otherwise than the text that is replaced."""

    code = "text-moved"


class TextWaits(Conflict):
    """A text that passed earlier takes effect later."""

    code = "text-waits"


class RatesCrossed(Refusal):
    """consulting.rate_min would be above consulting.rate_max."""

    code = "rates-crossed"
    clause = "income.2.2"
    field = "value"


class QuarterMidYear(Refusal):
    """quarter.first_month would change inside a year."""

    code = "quarter-mid-year"
    clause = "income.1.2"
    field = "effective_on"


class UnreadableQuarter(Refusal):
    """A quarter that is not written as 2026-Q3."""

    code = "unreadable-quarter"
    field = "quarter"


class UnreadableDay(Refusal):
    """A day that is none."""

    code = "unreadable-day"
    field = "on"
    message = _("Enter the day as year, month and day, like 2026-11-20.")


class UnknownAct(Refusal):
    """An act that no floor registered."""

    code = "unknown-act"


class UnreadableAct(Refusal):
    """Parameters that do not fit the act's schema."""

    code = "unreadable-act"
