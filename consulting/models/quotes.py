"""Quotes: what a client asks one or more experts for, the offer they write, and its acceptance."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consulting.models.billing import RANDOM
from consulting.models.engagements import BYTE_ORDER, Engagement
from members.models import Member
from treasury.models import Client


class Quote(models.Model):
    """A request, then an offer at a fixed price. Frozen when it is sent; accepted or declined once.

    `milestones` is a list of {title, criteria, price_micro, due_on}; with `weekly_centi` the first expert's hours are
    kept free for `weeks` weeks from `first_monday`. `terms` are the engagement's.
    """

    number = models.CharField(_("number"), max_length=20, unique=True, db_collation=BYTE_ORDER)
    token = models.CharField(max_length=64, unique=True, db_collation=BYTE_ORDER)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", verbose_name=_("expert"))
    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("client")
    )
    email = models.EmailField(_("e-mail address"), max_length=254)
    # Whoever proved to read that address; before that nobody sees the request.
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    verified_at = models.DateTimeField(null=True, blank=True)
    name = models.CharField(_("your name"), max_length=120)
    organisation = models.CharField(_("organisation"), max_length=120, blank=True)
    need = models.TextField(_("what you need"), max_length=4000)
    language = models.CharField(_("language"), max_length=10)
    title = models.CharField(_("title"), max_length=200, blank=True)
    scope = models.TextField(pgettext_lazy("quote", "scope"), max_length=8000, blank=True)
    milestones = models.JSONField(_("milestones"), default=list, blank=True)
    terms = models.JSONField(pgettext_lazy("agreed", "terms"), null=True, blank=True)
    weekly_centi = models.IntegerField(_("hours a week"), null=True, blank=True)
    first_monday = models.DateField(_("from Monday"), null=True, blank=True)
    weeks = models.IntegerField(_("weeks"), null=True, blank=True)
    asked_at = models.DateTimeField(_("asked"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    accepted_at = models.DateTimeField(pgettext_lazy("quote", "accepted"), null=True, blank=True)
    accepted_by = models.CharField(_("accepted by"), max_length=120, blank=True)
    signer = models.CharField(_("signed with"), max_length=42, blank=True)
    signature = models.CharField(_("signature"), max_length=200, blank=True)
    declined_at = models.DateTimeField(_("declined"), null=True, blank=True)
    engagement = models.OneToOneField(Engagement, on_delete=models.PROTECT, null=True, blank=True, related_name="quote")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=Q(number__regex=r"^Q-[0-9]{4}-[0-9]{4,}$"), name="quote_number"),
            models.CheckConstraint(condition=Q(token__regex=RANDOM), name="quote_token"),
            models.CheckConstraint(
                condition=Q(verified_at=None, asked_by=None, sent_at=None)
                | Q(verified_at__isnull=False, asked_by__isnull=False),
                name="quote_verified",
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None, valid_until=None)
                | Q(terms__isnull=False, sent_at__isnull=False, valid_until__isnull=False)
                & Q(valid_until__gt=F("sent_at"))
                & ~Q(title="")
                & ~Q(scope=""),
                name="quote_sent_whole",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by="", signature="", signer="", engagement=None)
                | Q(sent_at__isnull=False, declined_at=None, engagement__isnull=False, client__isnull=False)
                & ~Q(accepted_by=""),
                name="quote_accepted_whole",
            ),
            models.CheckConstraint(
                condition=Q(weekly_centi=None, first_monday=None, weeks=None)
                | Q(weekly_centi__isnull=False, first_monday__isnull=False, weeks__isnull=False)
                & Q(weekly_centi__range=(1, 4000), first_monday__iso_week_day=1, weeks__range=(1, 52)),
                name="quote_reserve",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class QuoteExpert(models.Model):
    """An expert of a quote and the weight of their part."""

    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="experts")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", verbose_name=_("expert"))
    weight = models.IntegerField(_("weight"), default=1)

    class Meta:
        verbose_name = _("expert of a quote")
        verbose_name_plural = _("experts of quotes")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["quote", "member"], name="quote_expert_once"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="quote_weight_not_negative"),
        ]

    def __str__(self) -> str:
        return str(self.weight)
