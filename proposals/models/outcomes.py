"""How rounds end and what passed proposals did."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from journal.appendonly import append_only
from proposals.models.proposals import HEX_DIGITS, Proposal
from proposals.models.rounds import Round


class Outcome(models.Model):
    """How a round ended, once. Append-only: a round is closed if and only if it has one."""

    class Result(models.TextChoices):
        SUCCEEDED = "succeeded", _("Passed")
        OBJECTED = "objected", _("Stopped by an objection")
        SILENCE = "silence", _("A vote was missing at the deadline")
        CANCELED = "canceled", _("Canceled")
        REJECTED = "rejected", _("Not enough votes")

    round = models.OneToOneField(Round, on_delete=models.PROTECT, primary_key=True, related_name="outcome")
    result = models.CharField(_("result"), max_length=12, choices=Result.choices)
    tally = models.JSONField(help_text=_("The count and the arithmetic"))
    last_receipt = models.CharField(max_length=HEX_DIGITS, help_text=_("The head of the proposal's chain"))
    digest = models.CharField(max_length=HEX_DIGITS)
    decided_at = models.DateTimeField(_("decided"))
    execute_at = models.DateTimeField(_("carried out from"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = append_only("proposals_outcome")
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        constraints = [
            models.CheckConstraint(
                condition=Q(result__in=["succeeded", "objected", "silence", "canceled", "rejected"]),
                name="outcome_result",
            ),
            models.CheckConstraint(
                # A comparison with nothing is unknown, and what is unknown is let through.
                condition=Q(
                    result="succeeded",
                    execute_at__isnull=False,
                    execute_at__gte=F("decided_at"),
                    expires_at__isnull=False,
                    expires_at__gt=F("execute_at"),
                )
                | (~Q(result="succeeded") & Q(execute_at=None, expires_at=None)),
                name="outcome_times",
            ),
        ]

    def __str__(self) -> str:
        return self.get_result_display()


class Execution(models.Model):
    """The effect of a passed proposal, once. Append-only."""

    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, primary_key=True, related_name="execution")
    outcome = models.OneToOneField(Outcome, on_delete=models.PROTECT, related_name="+")
    effect = models.CharField(_("effect"), max_length=160)
    executed_at = models.DateTimeField(_("executed"))
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = append_only("proposals_execution")
        verbose_name = _("execution")
        verbose_name_plural = _("executions")
        constraints = [models.CheckConstraint(condition=~Q(effect=""), name="execution_effect")]

    def __str__(self) -> str:
        return self.effect
