"""What articles and reviews refuse, by name."""

from django.utils.translation import gettext_lazy as _

from journal.refusals import Conflict, NotAllowed, Refusal


class AuthorOnly(NotAllowed):
    """A text belongs to the member who wrote it."""

    code = "author-only"
    clause = "duty.2.2"
    message = _("Only a member writes articles, and each one changes their own only.")


class NotInEngagement(NotAllowed):
    """Somebody writes about work that they had no part in."""

    code = "not-in-engagement"
    clause = "duty.2.2"
    message = _("Only who worked on an engagement writes about it.")


class ClientOnly(NotAllowed):
    """The client's own answer."""

    code = "client-only"
    message = _("Only the engagement’s client does this.")


class LeaderOnly(NotAllowed):
    """What is taken off a public page is the leader's decision."""

    code = "leader-only"
    message = _("Only the leader hides a review or shows it again.")


class TextMissing(Refusal):
    """Nothing was written."""

    code = "text-missing"
    message = _("Write something here.")


class TextTooLong(Refusal):
    """More than anybody reads."""

    code = "text-too-long"


class Published(Conflict):
    """What is public stays as it was read."""

    code = "published"
    message = _("This article is public. Take it back before you change it.")


class NotPublished(Conflict):
    """What is not public cannot be taken back."""

    code = "not-published"
    message = _("This article is not public.")


class ConsentMissing(Conflict):
    """An article about an engagement without its client's consent to these words."""

    code = "consent-missing"
    message = _("The client has not agreed to this text. Ask for their consent; after a change, ask again.")


class NothingToAsk(Conflict):
    """An article that is about no engagement, or whose client cannot sign in."""

    code = "nothing-to-ask"
    message = _("There is nobody to ask: the article is about no engagement, or its client has no account.")


class TextChanged(Conflict):
    """The text is another one than what was shown."""

    code = "text-changed"
    message = _("The text was changed since you read it, or you were not asked about it. Read it again.")


class NothingAccepted(Conflict):
    """A review of work that was not delivered and accepted."""

    code = "nothing-accepted"
    message = _("You can write a review once you have accepted a part of the work.")


class ReasonMissing(Refusal):
    """A review hidden without a reason."""

    code = "reason-missing"
    field = "reason"
    message = _("Say in one sentence why, for the record.")
