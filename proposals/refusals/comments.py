"""What comments refuse, by name."""

from django.utils.translation import gettext_lazy as _

from journal.refusals import Conflict, NotAllowed, Refusal


class CommentMembersOnly(NotAllowed):
    """Somebody who neither decides nor is the applicant."""

    code = "comment-members-only"
    message = _("Members comment here, and an applicant on their own admission.")


class CommentsClosed(Conflict):
    """There is nothing left to decide."""

    code = "comments-closed"
    message = _("This proposal takes no more comments. Yours was not kept: copy it if you need it.")


class CommentMissing(Refusal):
    """No words."""

    code = "comment-missing"
    field = "text"
    message = _("Write your comment.")


class CommentTooLong(Refusal):
    """More than a reader takes in."""

    code = "comment-too-long"
    field = "text"
    message = _("Shorten the comment to 4,000 characters.")


class SameComment(Conflict):
    """A second click."""

    code = "same-comment"
    message = _("You wrote exactly this here just now. It was kept once.")


class TooManyComments(Refusal):
    """More than anybody reads."""

    code = "too-many-comments"
    status = 429
    field = "text"
    message = _("You wrote 20 comments within an hour. Wait a little before you write the next one.")


class UnknownComment(Refusal):
    """A comment that does not exist, or is not for the reader."""

    code = "unknown-comment"
    status = 404
    message = _("There is no such comment.")


class AnswerTooDeep(Refusal):
    """An answer to an answer."""

    code = "answer-too-deep"
    message = _("Answer the comment itself: answers to answers are not shown apart.")


class CommentGone(Conflict):
    """What was taken back."""

    code = "comment-gone"
    message = _("This comment was taken back.")


class NotYourComment(NotAllowed):
    """Somebody else's."""

    code = "not-your-comment"
    message = _("Only who wrote a comment takes it back.")
