"""Client money while it is held: milestones, refunds from stored shares, disputes, what silence needs (income.2)."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from consulting.models.engagements import BYTE_ORDER, REFERENCE, Acceptance, Engagement, Session, Share
from journal.appendonly import append_only
from members.models import Member
from treasury.models import Client


class Milestone(models.Model):
    """A part of a fixed price that is delivered and accepted by itself; all of them come to the price."""

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="milestones")
    reference = models.CharField(_("reference"), max_length=40, db_collation=BYTE_ORDER)
    title = models.CharField(_("title"), max_length=200)
    criteria = models.TextField(_("acceptance criteria"), max_length=2000, blank=True)
    price_micro = models.BigIntegerField(_("price, U"))
    due_on = models.DateField(_("due"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["reference"]
        constraints = [
            models.UniqueConstraint(fields=["engagement", "reference"], name="milestone_once"),
            models.CheckConstraint(condition=Q(reference__regex=REFERENCE), name="milestone_reference"),
            models.CheckConstraint(condition=Q(price_micro__gt=0), name="milestone_price"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"


class Refund(models.Model):
    """Money of one unit that goes back: of a session, of a milestone, or (neither) of a whole fixed price.

    `before_micro` is what of the unit had gone back before: refunds of a unit are a chain, each follows one end.
    Without an acceptance it counts off the unit's gross. Append-only, but the reason can be erased.
    """

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="refunds")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, null=True, blank=True, related_name="refunds")
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, null=True, blank=True, related_name="refunds")
    acceptance = models.ForeignKey(Acceptance, on_delete=models.PROTECT, null=True, blank=True, related_name="refunds")
    unit_micro = models.BigIntegerField(_("price of the unit, U"))
    before_micro = models.BigIntegerField(_("refunded before, U"))
    amount_micro = models.BigIntegerField(_("refunded, U"))
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    refunded_on = models.DateField(_("day"))
    refunded_by = models.CharField(max_length=80)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["engagement", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["engagement", "session", "milestone", "before_micro"],
                name="refund_follows_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(session=None) | Q(milestone=None), name="refund_one_unit"),
            models.CheckConstraint(
                condition=Q(before_micro__gte=0, amount_micro__gt=0)
                & Q(unit_micro__gte=F("before_micro") + F("amount_micro")),
                name="refund_within_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engagement} {self.pk}"


class RefundPart(models.Model):
    """What a refund after acceptance takes of one stored share; without a share, of the pool's part. Append-only.

    The parts of a share are a chain as well: `before_micro` is their sum so far, never above the share.
    """

    class Source(models.TextChoices):
        # Its payout line was not posted: the money was still held, and the line gets smaller.
        ESCROW = "escrow", _("held money")
        # Its line was posted and stays; the person gives the part back.
        PAYABLE = "payable", _("the expert’s account")
        POOL = "pool", _("the pool")

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="parts")
    acceptance = models.ForeignKey(Acceptance, on_delete=models.PROTECT, related_name="refund_parts")
    share = models.ForeignKey(Share, on_delete=models.PROTECT, null=True, related_name="refund_parts")
    source = models.CharField(_("from"), max_length=7, choices=Source.choices)
    share_micro = models.BigIntegerField(_("share, U"))
    before_micro = models.BigIntegerField(_("refunded before, U"))
    amount_micro = models.BigIntegerField(_("refunded, U"))

    class Meta:
        db_table = append_only("consulting_refundpart")
        verbose_name = _("part of a refund")
        verbose_name_plural = _("parts of refunds")
        constraints = [
            models.UniqueConstraint(
                fields=["acceptance", "share", "before_micro"], name="refundpart_follows_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(before_micro__gte=0, amount_micro__gt=0)
                & Q(share_micro__gte=F("before_micro") + F("amount_micro")),
                name="refundpart_within_share",
            ),
            models.CheckConstraint(condition=Q(source__in=("escrow", "payable", "pool")), name="refundpart_source"),
        ]

    def __str__(self) -> str:
        return str(self.amount_micro)


class Payback(models.Model):
    """A client's credit that was paid out to them, with the evidence (a bank's or a chain's reference), once each."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    amount_micro = models.BigIntegerField(_("amount, U"))
    evidence = models.CharField(_("evidence"), max_length=200, blank=True)
    paid_on = models.DateField(_("day"))
    paid_by = models.CharField(max_length=80)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("money paid back")
        verbose_name_plural = _("money paid back")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["client", "evidence"], condition=~Q(evidence=""), name="payback_once"),
            models.CheckConstraint(condition=Q(amount_micro__gt=0), name="payback_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.client} {self.amount_micro}"


class Dispute(models.Model):
    """The sides disagree: until it is closed nothing of the engagement is accepted or refunded.

    `percent` of what is open goes to the experts and the pool, the rest back to the client; closed without one, it was
    taken back by whoever opened it.
    """

    class Side(models.TextChoices):
        CLIENT = "client", _("the client")
        EXPERT = "expert", _("the experts")
        GROUP = "group", _("the group")

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="disputes")
    side = models.CharField(_("opened by"), max_length=6, choices=Side.choices)
    opened_by = models.CharField(max_length=80)
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    opened_at = models.DateTimeField(_("opened"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.CharField(max_length=80, blank=True)
    percent = models.IntegerField(_("per cent to the experts"), null=True, blank=True)

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(fields=["engagement"], condition=Q(closed_at=None), name="dispute_open_once"),
            models.CheckConstraint(condition=Q(side__in=("client", "expert", "group")), name="dispute_side"),
            models.CheckConstraint(
                condition=Q(percent=None) | Q(percent__range=(0, 100), closed_at__isnull=False), name="dispute_percent"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by="") | (Q(closed_at__gte=F("opened_at")) & ~Q(closed_by="")),
                name="dispute_closing",
            ),
        ]

    def __str__(self) -> str:
        return str(self.engagement)


class DisputeOffer(models.Model):
    """A percentage for the experts that somebody signs: the client (no member), or one of the experts. Append-only."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="offers")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("expert"))
    percent = models.IntegerField(_("per cent to the experts"))
    signed_by = models.CharField(max_length=80)
    signed_at = models.DateTimeField(_("signed"))

    class Meta:
        db_table = append_only("consulting_disputeoffer")
        verbose_name = _("offer in a dispute")
        verbose_name_plural = _("offers in disputes")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(percent__range=(0, 100)), name="disputeoffer_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.percent} %"


class SilenceReminder(models.Model):
    """That the client was reminded of a delivery before their silence counts, once for each day. Append-only."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, null=True, related_name="+")
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, null=True, related_name="+")
    counts_on = models.DateField(help_text=_("The day on which silence counts"))
    days_before = models.IntegerField()
    sent_on = models.DateField()

    class Meta:
        db_table = append_only("consulting_silencereminder")
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "milestone", "counts_on", "days_before"],
                name="silencereminder_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(session=None, milestone__isnull=False) | Q(session__isnull=False, milestone=None),
                name="silencereminder_one_unit",
            ),
            models.CheckConstraint(condition=Q(days_before__gt=0), name="silencereminder_before"),
        ]

    def __str__(self) -> str:
        return f"{self.counts_on} −{self.days_before}"
