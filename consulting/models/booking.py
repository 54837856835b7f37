"""Times that clients book, and hours that are kept free for them week by week (income.2.2)."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, DateTimeRangeField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consulting.models.billing import Invoice
from consulting.models.engagements import BYTE_ORDER, Engagement, Session
from members.models import Member
from treasury.models import Client

REFERENCE = "^B-[a-z2-7]{8}$"
DIGEST = "^[0-9a-f]{64}$"
LENGTHS = (30, 60, 90, 120, 180, 240)
TRIES_MOST = 5


def only(column: str) -> Func:
    """A key as a range of itself: what GiST excludes without an extension."""
    return Func(F(column), F(column), Value("[]"), function="int8range", output_field=BigIntegerRangeField())


class Booking(models.Model):
    """A time of an expert that a client holds, pays and is given; `during` is half-open.

    It holds its time and its hours of the week while `released_at` is empty. What became of it is said by its moments:
    held until `hold_until`, `verified_at` (the address is proved, the invoice made), `paid_at`, then `confirmed_at` by
    the expert; `declined_at` by the expert or by no answer, `cancelled_at` by either side, released by neither: lapsed.
    """

    reference = models.CharField(_("reference"), max_length=10, unique=True, db_collation=BYTE_ORDER)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", verbose_name=_("expert"))
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("client"))
    engagement = models.ForeignKey(
        Engagement, on_delete=models.PROTECT, null=True, related_name="bookings", verbose_name=_("engagement")
    )
    invoice = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, null=True, related_name="booking", verbose_name=_("invoice")
    )
    session = models.OneToOneField(
        Session, on_delete=models.PROTECT, null=True, related_name="booking", verbose_name=_("session")
    )
    name = models.CharField(_("name"), max_length=120)
    organisation = models.CharField(_("organisation"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"))
    topic = models.TextField(_("what it is about"), max_length=4000, blank=True)
    may_publish = models.BooleanField(_("may be written about"), default=False)
    time_zone = models.CharField(_("time zone"), max_length=60)
    language = models.CharField(_("language"), max_length=10)
    during = DateTimeRangeField(_("time"))
    minutes = models.IntegerField(_("minutes"))
    rate_micro = models.BigIntegerField(_("rate, U an hour"))
    price_micro = models.BigIntegerField(_("price, U"))
    terms = models.JSONField(pgettext_lazy("agreed", "terms"), help_text=_("Frozen when it was booked"))
    code_digest = models.CharField(max_length=64, blank=True)
    code_tries = models.IntegerField(default=0)
    sequence = models.IntegerField(_("moved"), default=0)
    created_at = models.DateTimeField(_("booked"))
    hold_until = models.DateTimeField(_("held until"))
    verified_at = models.DateTimeField(_("address proved"), null=True)
    paid_at = models.DateTimeField(_("paid"), null=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    declined_at = models.DateTimeField(_("declined"), null=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True)
    released_at = models.DateTimeField(_("released"), null=True)

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        ordering = ["-created_at", "reference"]
        constraints = [
            ExclusionConstraint(
                name="booking_time_once",
                expressions=[(only("member"), "&&"), (F("during"), "&&")],
                condition=Q(released_at=None),
            ),
            # Who pays takes as many times as they like, one after the other; who does not holds one at most.
            models.UniqueConstraint(
                fields=["email"], condition=Q(paid_at=None, released_at=None), name="booking_one_hold"
            ),
            models.CheckConstraint(condition=Q(reference__regex=REFERENCE), name="booking_reference"),
            models.CheckConstraint(condition=Q(minutes__in=LENGTHS), name="booking_minutes"),
            models.CheckConstraint(condition=Q(rate_micro__gt=0, price_micro__gt=0), name="booking_price"),
            models.CheckConstraint(condition=Q(code_tries__range=(0, TRIES_MOST)), name="booking_tries"),
            models.CheckConstraint(condition=Q(code_digest="") | Q(code_digest__regex=DIGEST), name="booking_code"),
            models.CheckConstraint(condition=Q(hold_until__gt=F("created_at")), name="booking_hold"),
            models.CheckConstraint(
                condition=Q(verified_at=None, client=None, engagement=None, invoice=None)
                | Q(verified_at__isnull=False, client__isnull=False, engagement__isnull=False, invoice__isnull=False),
                name="booking_ordered",
            ),
            models.CheckConstraint(condition=Q(paid_at=None) | Q(verified_at__isnull=False), name="booking_paid"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, declined_at=None, session=None) | Q(paid_at__isnull=False),
                name="booking_answered",
            ),
            models.CheckConstraint(
                condition=Q(declined_at=None) | Q(confirmed_at=None, cancelled_at=None), name="booking_one_end"
            ),
            models.CheckConstraint(
                condition=Q(declined_at=None, cancelled_at=None) | Q(released_at__isnull=False), name="booking_ended"
            ),
        ]
        indexes = [
            # One expert's weeks and free times: no million of others' bookings, nor what is over, is looked at.
            models.Index("member", F("during__startswith"), condition=Q(released_at=None), name="booking_live"),
            models.Index(fields=["hold_until"], condition=Q(paid_at=None, released_at=None), name="booking_lapses"),
            models.Index(
                fields=["paid_at"],
                condition=Q(confirmed_at=None, released_at=None, paid_at__isnull=False),
                name="booking_unanswered",
            ),
            models.Index(
                fields=["engagement"],
                condition=Q(paid_at=None, released_at__isnull=False, engagement__isnull=False),
                name="booking_not_taken",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Retainer(models.Model):
    """Hours a week of an expert that an engagement keeps, for whole ISO weeks; what is worked on it uses them up."""

    engagement = models.ForeignKey(
        Engagement, on_delete=models.PROTECT, related_name="retainers", verbose_name=_("engagement")
    )
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", verbose_name=_("expert"))
    weekly_centi = models.IntegerField(_("hours a week"))
    first_monday = models.DateField(_("first week"))
    last_monday = models.DateField(_("last week"))
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("reserved hours")
        verbose_name_plural = _("reserved hours")
        ordering = ["first_monday", "pk"]
        constraints = [
            ExclusionConstraint(
                name="retainer_week_once",
                expressions=[
                    (only("engagement"), "&&"),
                    (only("member"), "&&"),
                    (
                        Func(
                            F("first_monday"),
                            F("last_monday"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
            ),
            models.CheckConstraint(condition=Q(weekly_centi__gt=0), name="retainer_hours"),
            models.CheckConstraint(condition=Q(first_monday__lte=F("last_monday")), name="retainer_order"),
            models.CheckConstraint(
                condition=Q(first_monday__iso_week_day=1, last_monday__iso_week_day=1), name="retainer_mondays"
            ),
        ]
        indexes = [models.Index(fields=["member", "first_monday"], name="retainer_week")]

    def __str__(self) -> str:
        return f"{self.engagement} {self.first_monday}"
