"""Paid work for clients: engagements, sessions, and the acceptances that split the money (income.2)."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from journal.appendonly import append_only
from members.models import Member
from treasury.models import Client

BYTE_ORDER = "C"
REFERENCE = r"^[A-Za-z0-9._-]{1,40}$"


class Engagement(models.Model):
    """What a client ordered, by the hour or at a fixed price. Its row is the lock of its sessions and acceptance."""

    class Pricing(models.TextChoices):
        HOURLY = "hourly", _("By the hour")
        FIXED = "fixed", _("Fixed price")

    reference = models.CharField(_("reference"), max_length=40, unique=True, db_collation=BYTE_ORDER)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+", verbose_name=_("client"))
    title = models.CharField(_("title"), max_length=200)
    pricing = models.CharField(_("pricing"), max_length=8, choices=Pricing.choices)
    price_micro = models.BigIntegerField(_("price, U"), null=True, blank=True)
    opened_on = models.DateField(_("opened"))
    accepted_on = models.DateField(_("accepted"), null=True, blank=True)
    # What client and group agreed to when it was booked or quoted, frozen; none where the treasurer entered it.
    terms = models.JSONField(pgettext_lazy("agreed", "terms"), null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("engagement")
        verbose_name_plural = _("engagements")
        ordering = ["-opened_on", "reference"]
        constraints = [
            models.CheckConstraint(condition=Q(reference__regex=REFERENCE), name="engagement_reference"),
            models.CheckConstraint(
                condition=Q(pricing="hourly", price_micro=None) | Q(pricing="fixed", price_micro__gt=0),
                name="engagement_price",
            ),
            models.CheckConstraint(
                condition=Q(accepted_on=None) | Q(accepted_on__gte=F("opened_on")), name="engagement_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"


class Weight(models.Model):
    """An agreed weight of an expert in a fixed price; without weights the hours decide (income.2.3)."""

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="weights")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    weight = models.IntegerField(_("weight"))

    class Meta:
        verbose_name = _("agreed weight")
        verbose_name_plural = _("agreed weights")
        constraints = [
            models.UniqueConstraint(fields=["engagement", "member"], name="weight_once"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="weight_not_negative"),
        ]

    def __str__(self) -> str:
        return str(self.weight)


class Session(models.Model):
    """Time that a member worked on an engagement."""

    reference = models.CharField(_("reference"), max_length=40, unique=True, db_collation=BYTE_ORDER)
    engagement = models.ForeignKey(
        Engagement, on_delete=models.PROTECT, related_name="sessions", verbose_name=_("engagement")
    )
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", verbose_name=_("member"))
    held_on = models.DateField(_("day"))
    hours_centi = models.IntegerField(_("hours"))
    rate_micro = models.BigIntegerField(_("rate, U an hour"), null=True, blank=True)
    title = models.CharField(_("title"), max_length=200, blank=True)
    milestone = models.ForeignKey(
        "consulting.Milestone",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
        verbose_name=_("milestone"),
    )
    # Since when the client's answer is awaited.
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["held_on", "reference"]
        constraints = [
            models.CheckConstraint(condition=Q(reference__regex=REFERENCE), name="session_reference"),
            models.CheckConstraint(condition=Q(hours_centi__gt=0, hours_centi__lte=2400), name="session_hours"),
            models.CheckConstraint(condition=Q(rate_micro=None) | Q(rate_micro__gt=0), name="session_rate"),
        ]
        indexes = [models.Index(fields=["member", "held_on"], name="session_week")]

    def __str__(self) -> str:
        return self.reference


class Acceptance(models.Model):
    """The client accepted a session, a milestone or a whole fixed price: the unit that splits (income.2). Append-only.

    `gross_micro` is what is shared: the unit's price less `counted_off_micro`, which was refunded before.
    """

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="acceptances")
    session = models.OneToOneField(
        Session, on_delete=models.PROTECT, null=True, related_name="acceptance", verbose_name=_("session")
    )
    milestone = models.OneToOneField(
        "consulting.Milestone",
        on_delete=models.PROTECT,
        null=True,
        related_name="acceptance",
        verbose_name=_("milestone"),
    )
    accepted_on = models.DateField(_("accepted"))
    gross_micro = models.BigIntegerField(_("what the client owes, U"))
    counted_off_micro = models.BigIntegerField(_("refunded before, U"), default=0)
    individuals_micro = models.BigIntegerField(_("the experts' part, U"))
    pool_micro = models.BigIntegerField(_("the pool's part, U"))
    share = models.CharField(
        _("share"), max_length=40, help_text=_("The individuals' share as written in the charter then")
    )
    edition = models.IntegerField(_("charter edition"))
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = append_only("consulting_acceptance")
        verbose_name = _("acceptance")
        verbose_name_plural = _("acceptances")
        constraints = [
            models.UniqueConstraint(
                fields=["engagement"], condition=Q(session=None, milestone=None), name="acceptance_whole_once"
            ),
            models.CheckConstraint(condition=Q(session=None) | Q(milestone=None), name="acceptance_one_unit"),
            models.CheckConstraint(condition=Q(counted_off_micro__gte=0), name="acceptance_counted_off"),
            models.CheckConstraint(
                condition=Q(gross_micro=F("individuals_micro") + F("pool_micro"))
                & Q(individuals_micro__gte=0, pool_micro__gte=0),
                name="acceptance_split",
            ),
        ]
        indexes = [models.Index(fields=["accepted_on"], name="acceptance_month")]

    def __str__(self) -> str:
        return f"{self.engagement} {self.accepted_on}"


class Share(models.Model):
    """One expert's part of an acceptance, fixed when it was accepted. Append-only; `reference` is the payout line's."""

    acceptance = models.ForeignKey(
        Acceptance, on_delete=models.PROTECT, related_name="shares", verbose_name=_("acceptance")
    )
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", verbose_name=_("member"))
    reference = models.CharField(_("reference"), max_length=160, unique=True, db_collation=BYTE_ORDER)
    amount_micro = models.BigIntegerField(_("amount, U"))
    inputs = models.JSONField(_("inputs"))

    class Meta:
        db_table = append_only("consulting_share")
        verbose_name = _("share")
        verbose_name_plural = _("shares")
        constraints = [
            models.UniqueConstraint(fields=["acceptance", "member"], name="share_once"),
            models.CheckConstraint(condition=Q(amount_micro__gte=0), name="share_not_negative"),
        ]

    def __str__(self) -> str:
        return self.reference
