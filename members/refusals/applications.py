"""What applying and interviewing refuse, by name."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from journal.refusals import Conflict, NotAllowed, Refusal


class CriterionMissing(Refusal):
    """None of the three criteria of req.1 is claimed."""

    code = "criterion-missing"
    clause = "req.1"
    field = "criteria"
    message = _("Choose at least one of the three criteria that you meet.")


class UnknownCriterion(Refusal):
    """A criterion that the charter does not have."""

    code = "unknown-criterion"
    clause = "req.1"
    field = "criteria"
    message = _("Choose from the three criteria of the charter.")


class ExperienceUnreadable(Refusal):
    """A start of work that is no month of a year."""

    code = "experience-unreadable"
    clause = "req.1"


class ExperienceTooShort(Refusal):
    """Fewer years than the criterion demands."""

    code = "experience-too-short"
    clause = "req.1"


class EvidenceMissing(Refusal):
    """No link at all."""

    code = "evidence-missing"
    clause = "req.1"
    field = "evidence"
    message = _("Give at least one link that anyone in the group can open.")


class EvidenceTooMuch(Refusal):
    """More links than a group reads."""

    code = "evidence-too-much"
    clause = "req.1"
    field = "evidence"
    message = _("Give six links at most: those that say most about your work.")


class EvidenceLink(Refusal):
    """A link that is not http or https with a host."""

    code = "evidence-link"
    field = "evidence"
    message = _("Enter a link that begins with https:// or http://.")


class EvidenceUnexplained(Refusal):
    """A link without a word on what it shows."""

    code = "evidence-unexplained"
    field = "evidence"
    message = _("Say in one line what the link shows.")


class ProjectMissing(Refusal):
    """Nothing about a project of medium or large size."""

    code = "project-missing"
    clause = "req.2"
    field = "project"
    message = _("Describe a medium or large project: what it was, how many people used it, and what you did.")


class OpenSourceMissing(Refusal):
    """Nothing about open-source communities."""

    code = "open-source-missing"
    clause = "req.3"
    field = "open_source"
    message = _("Name the open-source projects you take part in, and how.")


class CommunicationMissing(Refusal):
    """Nothing about how the applicant works with others."""

    code = "communication-missing"
    clause = "req.4"
    field = "communication"
    message = _("Say how you work with others: where you explain, discuss or write.")


class TextTooLong(Refusal):
    """More than 2,000 characters."""

    code = "text-too-long"
    message = _("Shorten the text to 2,000 characters.")


class HoursOutOfBounds(Refusal):
    """Hours a week that are none."""

    code = "hours-out-of-bounds"
    field = "weekly_hours"
    message = _("Enter the hours a week that you can offer, from 0.5 to 60, with at most two decimals.")


class BuilderSinceMissing(Refusal):
    """No day since which the applicant is a builder."""

    code = "builder-since-missing"
    clause = "join.1"
    field = "builder_since"
    message = _("Enter the day since which you are a builder of the DAO.")


class BuilderSinceFuture(Refusal):
    """A day that has not come."""

    code = "builder-since-future"
    clause = "join.1"
    field = "builder_since"
    message = _("Enter a day that is not in the future.")


class BuilderTooNew(Refusal):
    """Not yet a builder for as long as the charter demands."""

    code = "builder-too-new"
    clause = "join.1"
    field = "builder_since"


class BuilderUnconfirmed(Refusal):
    """The leader has not confirmed the day with a link."""

    code = "builder-unconfirmed"
    clause = "join.1"
    message = _("The leader confirms since when the applicant is a builder, with a link that shows it.")


class BuilderLink(Refusal):
    """Confirmed without a link that can be opened."""

    code = "builder-link"
    clause = "join.1"
    field = "builder_url"
    message = _("Enter the link that shows it, beginning with https:// or http://.")


class InterviewMissing(Refusal):
    """No interview on record."""

    code = "interview-missing"
    clause = "join.2.2"
    message = _("Record the interview first.")


class InterviewUnanswered(Refusal):
    """A question of the template without an answer."""

    code = "interview-unanswered"
    clause = "join.2.2"
    message = _("Write down the answer to this question.")


class InterviewUnreadable(Refusal):
    """A date, a length or interviewers that cannot be."""

    code = "interview-unreadable"
    clause = "join.2.2"


class NotSubmitted(Refusal):
    """A draft, or an application that was withdrawn."""

    code = "not-submitted"
    clause = "join.2.1"
    status = 409
    message = _("The applicant has not sent this application.")


class ApplicationEnded(Conflict):
    """Admitted, withdrawn or closed."""

    code = "application-ended"
    clause = "join.2.1"
    message = _("This application has ended. A new one can be begun.")


class ApplicationUnderVote(Conflict):
    """What is voted on stands still."""

    code = "application-under-vote"
    clause = "join.2.4"
    message = _("The members are voting on this application. It can be changed again when the round has ended.")


class AlreadySubmitted(Conflict):
    """Sent before."""

    code = "already-submitted"
    clause = "join.2.1"
    message = _("This application has been sent already.")


class NotYourApplication(NotAllowed):
    """Only its author changes an application."""

    code = "not-your-application"
    clause = "join.2.1"
    message = _("Only the applicant may do this.")


class OwnApplication(NotAllowed):
    """Nobody vouches for themselves."""

    code = "own-application"
    clause = "join.1"
    message = _("Another member has to do this: it is your own application.")


class UnknownQuestion(Refusal):
    """An answer to a question that the template does not have."""

    code = "unknown-question"
    clause = "join.2.2"
    message = _("Answer the questions of the template.")


class Incomplete(Refusal):
    """Several answers at once need a change; `problems` names each with its field."""

    code = "incomplete"

    def __init__(self, problems: Sequence[Refusal]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        super().__init__(
            ngettext("%(count)d answer needs a change.", "%(count)d answers need a change.", count) % {"count": count}
        )


class UnknownApplication(Refusal):
    """An id that no application has."""

    code = "unknown-application"
    status = 409
    message = _("There is no such application.")
