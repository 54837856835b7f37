"""The engagement's room: timers, deliverables, agenda, messages and their files (income.2.2)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from consulting.models.engagements import BYTE_ORDER, Engagement, Session
from members.models import Member

BODY_LONGEST = 4000
RANDOM = "^[A-Za-z0-9_-]{43}$"


class Timer(models.Model):
    """Time that runs, or ran. Stopped it becomes a session; what did not fit is kept as `kept_centi` with the reason.

    `refused` is the code of the rule that kept it from being recorded.
    """

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", verbose_name=_("expert"))
    engagement = models.ForeignKey(
        Engagement, on_delete=models.PROTECT, related_name="timers", verbose_name=_("engagement")
    )
    started_at = models.DateTimeField(_("started"))
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)
    note = models.CharField(_("what it was about"), max_length=200, blank=True)
    session = models.OneToOneField(
        Session, on_delete=models.PROTECT, null=True, blank=True, related_name="timer", verbose_name=_("session")
    )
    kept_centi = models.IntegerField(_("hours not recorded"), default=0)
    refused = models.CharField(_("why not"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("timer")
        verbose_name_plural = _("timers")
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(fields=["member"], condition=Q(stopped_at=None), name="timer_runs_once"),
            models.CheckConstraint(
                condition=Q(stopped_at=None, session=None, kept_centi=0)
                | Q(stopped_at__isnull=False, stopped_at__gte=F("started_at")),
                name="timer_order",
            ),
            models.CheckConstraint(
                condition=Q(kept_centi=0, refused="") | Q(kept_centi__gt=0) & ~Q(refused=""), name="timer_kept"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.started_at}"


class Deliverable(models.Model):
    """What the client gets besides hours: a file or a link, by a day; accepted by the client, and then it stays."""

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="deliverables")
    title = models.CharField(_("title"), max_length=160)
    note = models.CharField(_("note"), max_length=200, blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    link = models.CharField(_("link"), max_length=500, blank=True)
    delivered_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("deliverable")
        verbose_name_plural = _("deliverables")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["engagement", "title"], name="deliverable_once"),
            models.CheckConstraint(condition=Q(link="") | Q(link__regex="^https?://"), name="deliverable_link"),
            models.CheckConstraint(
                condition=Q(delivered_at=None, delivered_by=None, link="")
                | Q(delivered_at__isnull=False, delivered_by__isnull=False),
                name="deliverable_delivered",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_by__isnull=False, delivered_at__isnull=False, accepted_at__gte=F("delivered_at"))
                & Q(accepted_at__isnull=False),
                name="deliverable_accepted",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(delivered_at=None), name="deliverable_due"),
        ]

    def __str__(self) -> str:
        return self.title


class AgendaItem(models.Model):
    """Something to talk about in the next session."""

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="agenda")
    text = models.CharField(_("what to talk about"), max_length=300)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    class Meta:
        verbose_name = _("point of the agenda")
        verbose_name_plural = _("agenda")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(done_at=None) | Q(done_at__gte=F("added_at")), name="agendaitem_order"),
        ]

    def __str__(self) -> str:
        return self.text


class Message(models.Model):
    """Plain text that one side wrote to the other. What was said stays; the words alone can be erased."""

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # What the author was then: client, expert, treasurer, leader.
    side = models.CharField(max_length=10)
    body = models.TextField(_("message"), max_length=BODY_LONGEST, blank=True)
    written_at = models.DateTimeField()
    # The journal holds a salted digest of the words.
    salt = models.CharField(max_length=32, blank=True, editable=False)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(side__in=("client", "expert", "treasurer", "leader")), name="message_side"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.written_at}"


class Upload(models.Model):
    """A file of a message or of a deliverable. Its bytes lie under a random name outside of everything served.

    `listing` is what an archive says it holds: [[name, bytes], …].
    """

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="uploads")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, blank=True, related_name="files")
    deliverable = models.ForeignKey(Deliverable, on_delete=models.PROTECT, null=True, blank=True, related_name="files")
    token = models.CharField(max_length=43, unique=True, db_collation=BYTE_ORDER)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=4)
    size = models.IntegerField(_("bytes"))
    digest = models.CharField(max_length=64)
    listing = models.JSONField(default=list)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(message=None, deliverable__isnull=False) | Q(message__isnull=False, deliverable=None),
                name="upload_of_one",
            ),
            models.CheckConstraint(condition=Q(token__regex=RANDOM), name="upload_token"),
            models.CheckConstraint(
                condition=Q(kind__in=("png", "jpeg", "webp", "pdf", "zip", "txt", "md", "csv")), name="upload_kind"
            ),
            models.CheckConstraint(condition=Q(size__range=(1, 10 * 1024 * 1024)), name="upload_size"),
            models.CheckConstraint(condition=Q(digest__regex="^[0-9a-f]{64}$"), name="upload_digest"),
        ]

    def __str__(self) -> str:
        return self.name
