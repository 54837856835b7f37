"""What members ask of a running round: time to think, a later deadline, its end without a decision."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from journal.appendonly import append_only
from members.models import Member
from proposals.models.proposals import HEX_DIGITS, NONCE_DIGITS
from proposals.models.rounds import Round


class Motion(models.Model):
    """A hold, which has its effect at once, or an extension or a cancellation, which need a second. Append-only."""

    class Kind(models.TextChoices):
        HOLD = "hold", _("Time to think")
        EXTEND = "extend", _("Extension")
        CANCEL = "cancel", _("Cancellation")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="motions", db_index=False)
    number = models.IntegerField(help_text=_("Place in the round's motions, from 1"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    asked_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked"))
    until_at = models.DateTimeField(
        _("until"), null=True, blank=True, help_text=_("The end of a hold, the new deadline of an extension")
    )
    reason_digest = models.CharField(max_length=HEX_DIGITS)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = append_only("proposals_motion")
        verbose_name = _("motion")
        verbose_name_plural = _("motions")
        ordering = ["round", "number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="motion_number_once"),
            models.UniqueConstraint(fields=["round", "asked_by"], condition=Q(kind="hold"), name="motion_hold_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="motion_number_from_one"),
            models.CheckConstraint(
                condition=Q(kind="cancel", until_at=None)
                | Q(kind__in=["hold", "extend"], until_at__isnull=False, until_at__gt=F("asked_at")),
                name="motion_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class MotionWords(models.Model):
    """Why it is asked, apart from it so that the words can be erased while the chain still verifies."""

    motion = models.OneToOneField(Motion, on_delete=models.PROTECT, primary_key=True, related_name="words")
    salt = models.CharField(max_length=NONCE_DIGITS)
    text = models.TextField(_("reason"))

    def __str__(self) -> str:
        return self.text[:40]


class Answer(models.Model):
    """Another member's second, or the release of a hold by its author. Once, append-only."""

    motion = models.OneToOneField(Motion, on_delete=models.PROTECT, primary_key=True, related_name="answer")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(_("answered"))
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = append_only("proposals_answer")
        verbose_name = _("answer")
        verbose_name_plural = _("answers")

    def __str__(self) -> str:
        return str(self.pk)
