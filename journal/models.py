"""The journal, its seals, the jobs and the outbox."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from journal.appendonly import append_only

HEX_DIGITS = 64


class Entry(models.Model):
    """One change, written in the transaction of that change. Append-only; names nobody but by handle or id."""

    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    at = models.DateTimeField(help_text=_("Business time of the change"))
    actor = models.CharField(max_length=80)
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=160)
    data = models.JSONField(default=dict)
    digest = models.CharField(max_length=HEX_DIGITS)

    class Meta:
        db_table = append_only("journal_entry")
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        indexes = [models.Index(fields=["subject", "id"], name="entry_subject")]
        constraints = [models.CheckConstraint(condition=~Q(actor="") & ~Q(verb=""), name="entry_named")]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"


class Seal(models.Model):
    """One link of the chain: entry number n of the order of sealing, bound to n - 1. Append-only."""

    number = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="seal")
    previous = models.CharField(max_length=HEX_DIGITS, unique=True)
    digest = models.CharField(max_length=HEX_DIGITS, unique=True)
    sealed_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = append_only("journal_seal")
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        constraints = [models.CheckConstraint(condition=Q(number__gte=1), name="seal_number_from_one")]

    def __str__(self) -> str:
        return f"#{self.number}"


class Unsealed(models.Model):
    """The queue of entries that wait for the sealer; a trigger fills it, so that no writer can forget."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True, related_name="+")

    class Meta:
        db_table = "journal_unsealed"

    def __str__(self) -> str:
        return str(self.pk)


class Job(models.Model):
    """Work to do. The row is the job; a broker message only wakes a worker. `fence` grows with every lease."""

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=120, help_text=_("What the job is for; one row per kind and key"))
    params = models.JSONField(default=dict)
    requested_by = models.CharField(max_length=80)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    lease_until = models.DateTimeField(null=True)
    fence = models.BigIntegerField(default=0)
    attempts = models.IntegerField(default=0)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True, help_text=_("Given up after too many attempts"))
    error = models.TextField(blank=True, default="")

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="job_once"),
            models.CheckConstraint(condition=Q(done__gte=0, total__gte=0), name="job_progress"),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(finished_at=None, parked_at=None), name="job_open_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Outbox(models.Model):
    """An outside effect (mail, chat, chain) promised in the transaction of its cause, delivered by a worker."""

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=160, unique=True)
    payload = models.JSONField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True, default="")

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        indexes = [
            models.Index(fields=["due_at"], condition=Q(delivered_at=None, parked_at=None), name="outbox_open_due")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
