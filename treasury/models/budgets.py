"""Quarterly budgets and the claims for hours that they pay."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from members.models import Member

BYTE_ORDER = "C"
REFERENCE = r"^[A-Za-z0-9._-]{1,40}$"


class Budget(models.Model):
    """A quarter's budget (income.1.1). Its row is the lock for approving; the database refuses to overspend it.

    Sums of hours × rate are kept exactly, in 10⁻⁸ U (hundredths of an hour × micro-units).
    """

    quarter = models.CharField(_("quarter"), max_length=7, unique=True)
    headcount = models.IntegerField(_("expected members"))
    hours_per_head_centi = models.IntegerField(_("hours per head"))
    pow_micro = models.BigIntegerField(_("granted for POW, U"))
    stipend_micro = models.BigIntegerField(_("granted for stipends, U"), default=0)
    approved_e8 = models.BigIntegerField(_("approved so far"), default=0, editable=False)
    granted_on = models.DateField(_("granted on"))
    granted_by = models.CharField(max_length=80)

    class Meta:
        verbose_name = _("quarterly budget")
        verbose_name_plural = _("quarterly budgets")
        ordering = ["-quarter"]
        constraints = [
            models.CheckConstraint(condition=Q(quarter__regex=r"^[0-9]{4}-Q[1-4]$"), name="budget_quarter"),
            models.CheckConstraint(
                condition=Q(headcount__gte=0, hours_per_head_centi__gte=0, pow_micro__gte=0, stipend_micro__gte=0),
                name="budget_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(approved_e8__gte=0) & Q(approved_e8__lte=F("pow_micro") * 100), name="budget_not_overspent"
            ),
        ]

    def __str__(self) -> str:
        return self.quarter


class Claim(models.Model):
    """Hours that a member worked and asks to be paid for (income.1.2.3). Decided once, never by its own claimant."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PENDING = "pending", _("Waiting")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Refused")

    reference = models.CharField(_("reference"), max_length=40, unique=True, db_collation=BYTE_ORDER)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    worked_on = models.DateField(_("day"))
    hours_centi = models.IntegerField(_("hours"))
    project = models.CharField(_("project"), max_length=120)
    description = models.TextField(_("what you did"), max_length=2000)
    evidence_url = models.CharField(_("link that shows it"), max_length=500, blank=True)
    status = models.CharField(_("state"), max_length=8, choices=Status.choices, default=Status.DRAFT)
    quarter = models.CharField(max_length=7)
    value_e8 = models.BigIntegerField(
        null=True, help_text=_("Nominal value counted against the budget when approved, in 10⁻⁸ U")
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_on = models.DateField(_("decided"), null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True, max_length=1000)
    # The journal holds salted digests of the texts; erasing the salt with them leaves digests that say nothing.
    salt = models.CharField(max_length=32, blank=True, editable=False)

    class Meta:
        verbose_name = _("POW claim")
        verbose_name_plural = _("POW claims")
        ordering = ["worked_on", "reference"]
        constraints = [
            models.CheckConstraint(condition=Q(reference__regex=REFERENCE), name="claim_reference"),
            models.CheckConstraint(condition=Q(hours_centi__gt=0, hours_centi__lte=2400), name="claim_hours"),
            models.CheckConstraint(condition=Q(decided_by=None) | ~Q(decided_by=F("member")), name="claim_not_own"),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "pending"], decided_by=None, decided_on=None, value_e8=None)
                | Q(status="rejected", decided_by__isnull=False, decided_on__isnull=False, value_e8=None)
                | Q(status="approved", decided_by__isnull=False, decided_on__isnull=False, value_e8__gte=0),
                name="claim_decided",
            ),
        ]
        indexes = [
            # All that a month's run reads of a claim, so that it need not touch the rows.
            models.Index(
                fields=["member", "worked_on"],
                include=["hours_centi", "reference"],
                condition=Q(status="approved"),
                name="claim_payable",
            ),
            models.Index(fields=["submitted_at"], condition=Q(status="pending"), name="claim_waiting"),
            models.Index(fields=["quarter", "status"], name="claim_quarter"),
        ]

    def __str__(self) -> str:
        return self.reference
