"""What delivery refuses: time, files, words and deliverables of an engagement."""

from django.utils.translation import gettext_lazy as _

from journal.refusals import Conflict, NotAllowed, Refusal


class NotYourRoom(NotAllowed):
    """Only the sides of an engagement write in its room."""

    code = "not-your-room"
    message = _("Only the client and the experts of this engagement can do this.")


class ExpertsOnly(NotAllowed):
    """Time and deliverables are entered by an expert of the engagement, each for themselves."""

    code = "experts-only"
    clause = "income.2.2"
    message = _("Only the experts of this engagement enter time and deliverables, each for themselves.")


class ClientOnly(NotAllowed):
    """What was delivered is accepted by the client."""

    code = "client-only"
    message = _("Only the client accepts what was delivered.")


class TimerRuns(Conflict):
    """One timer a person."""

    code = "timer-runs"
    message = _("A timer of yours is running already. Stop it first.")


class TimerStopped(Conflict):
    """It was stopped before."""

    code = "timer-stopped"
    message = _("This timer has been stopped already.")


class MoreThanElapsed(Refusal):
    """More hours than the timer ran."""

    code = "more-than-elapsed"
    field = "hours_centi"
    message = _("The timer ran for less than that. Enter at most the time it ran.")


class RateUnknown(Conflict):
    """No hour of this person on the engagement has a rate yet."""

    code = "rate-unknown"
    clause = "income.2.2"
    message = _("No rate was agreed for your hours on this engagement yet. The treasurer records your first session.")


class TitleMissing(Refusal):
    """A thing without a name."""

    code = "title-missing"
    field = "title"
    message = _("Say in a few words what it is about.")


class NotHeldYet(Refusal):
    """A session on a day that has not come."""

    code = "not-held-yet"
    field = "held_on"
    message = _("This day has not come yet. Enter a session once it was held.")


class NothingSaid(Refusal):
    """A message without words and files."""

    code = "nothing-said"
    field = "body"
    message = _("Write something or add a file.")


class NothingDelivered(Refusal):
    """A delivery without file and link."""

    code = "nothing-delivered"
    field = "link"
    message = _("Add a file or a link.")


class DeliverableListed(Conflict):
    """The same deliverable twice."""

    code = "deliverable-listed"
    status = 422
    field = "title"
    message = _("A deliverable of this name is listed already.")


class DeliverableAccepted(Conflict):
    """The client took it."""

    code = "deliverable-accepted"
    message = _("The client has accepted this deliverable. It stays as it is.")


class NotDelivered(Conflict):
    """There is nothing to accept yet."""

    code = "not-delivered"
    message = _("This deliverable was not delivered yet.")


class RoomFull(Refusal):
    """More rows than a room can show."""

    code = "room-full"
    message = _("There are too many already. Finish or remove some first.")


class UploadRefused(Refusal):
    """A file that is not taken."""

    code = "upload-refused"
    field = "file"


class FileEmpty(UploadRefused):
    """No bytes."""

    code = "file-empty"
    message = _("The file is empty.")


class FileTooLarge(UploadRefused):
    """Above the limit."""

    code = "file-too-large"
    message = _("A file may have 10 MB at most. Make it smaller, or send a link.")


class FileKindUnknown(UploadRefused):
    """A kind that is not on the list, by its content or by its name."""

    code = "file-kind-unknown"
    message = _("This kind of file is not taken. Send PNG, JPEG, WebP, PDF, TXT, MD, CSV or ZIP.")


class FileNotWhatItSays(UploadRefused):
    """The name says one kind, the content another, or two at once."""

    code = "file-not-what-it-says"
    message = _("The file’s content is not what its name says. Save it again in its own format.")


class FileBroken(UploadRefused):
    """It cannot be read to its end."""

    code = "file-broken"
    message = _("The file cannot be read. Save it again, then send it.")


class PictureTooLarge(UploadRefused):
    """More points than a screen has use for."""

    code = "picture-too-large"
    message = _("The picture has more than 25 million points. Make it smaller.")


class FileActive(UploadRefused):
    """It would do something when it is opened."""

    code = "file-active"
    message = _("The file holds programs or other files that start by themselves. Send it without them.")


class ArchiveUnsafe(UploadRefused):
    """Names that lead out of the folder, archives in archives, or far more inside than a reader expects."""

    code = "archive-unsafe"
    message = _("The archive is not safe to unpack: too much in it, unsafe names, or archives inside. Send the files.")


class QuotaFull(UploadRefused):
    """The engagement's files are as many as there may be."""

    code = "quota-full"
    message = _("The files of this engagement have 200 MB together already. Send a link instead.")
