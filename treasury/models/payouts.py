"""The month's runs and the lines they post."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from journal.appendonly import append_only
from treasury.models.ledger import BYTE_ORDER, Asset, Posting


class PayoutRun(models.Model):
    """One run over a month. Several may follow each other: what arises late, and corrections, come in a later one."""

    month = models.CharField(_("month"), max_length=7)
    number = models.IntegerField(_("run"))
    # The charter's values for each day of the month as they were when the run began: the lines' explanations cite them.
    terms = models.JSONField()
    occurred_on = models.DateField(help_text=_("Day in the open period on which the transfers are dated"))
    started_by = models.CharField(max_length=80)
    started_at = models.DateTimeField()
    # The last payee whose lines are in: where a worker goes on that takes over from one that was killed.
    position = models.CharField(max_length=31, blank=True, default="", db_collation=BYTE_ORDER)
    lines_posted = models.IntegerField(default=0)
    u_micro = models.BigIntegerField(default=0)
    lxp_micro = models.BigIntegerField(default=0)
    completed_at = models.DateTimeField(null=True)
    notice_ends_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("month's run")
        verbose_name_plural = _("month's runs")
        ordering = ["-month", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["month", "number"], name="run_once"),
            models.UniqueConstraint(fields=["month"], condition=Q(completed_at=None), name="run_open_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="run_number_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.month} #{self.number}"


class PayoutLine(models.Model):
    """One line that a run posted. Append-only; a correction is a further line `…#2`, signed.

    `inputs` holds what the line was computed from, so that its sentence can be redone by hand.
    """

    # Texts without a length of their own: what they are made of has one, and a length costs a call for each value.

    run = models.ForeignKey(
        PayoutRun, on_delete=models.PROTECT, related_name="lines", db_constraint=False, db_index=False
    )
    posting = models.ForeignKey(
        Posting, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    month = models.CharField()
    reference = models.CharField(_("reference"), db_collation=BYTE_ORDER)
    base = models.CharField(db_collation=BYTE_ORDER, help_text=_("The reference without its correction number"))
    correction = models.IntegerField(default=1)
    kind = models.CharField(_("kind"))
    payee = models.CharField(_("payee"), db_collation=BYTE_ORDER)
    asset = models.CharField(_("asset"), choices=Asset.choices)
    amount_micro = models.BigIntegerField(_("amount"))
    clause = models.CharField(_("clause"))
    inputs = models.JSONField()

    class Meta:
        db_table = append_only("treasury_payoutline")
        verbose_name = _("payout line")
        verbose_name_plural = _("payout lines")
        ordering = ["reference"]
        constraints = [
            models.UniqueConstraint(fields=["reference"], name="line_reference_once"),
            models.CheckConstraint(condition=~Q(amount_micro=0), name="line_not_zero"),
            models.CheckConstraint(
                condition=Q(correction=1, reference=F("base"), amount_micro__gt=0) | Q(correction__gte=2),
                name="line_correction",
            ),
        ]
        indexes = [models.Index(fields=["month", "payee"], name="line_month_payee")]

    def __str__(self) -> str:
        return self.reference
