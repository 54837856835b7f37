"""What an expert offers to clients: the profile and the work they wrote up (income.2.2, duty.2.2)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from members.models import Member

WORD_LONGEST = 40
HORIZON_MOST = 120
NOTICE_MOST = 24 * 14
BUFFER_MOST = 120


def words(label: object) -> "ArrayField[list[str], list[str]]":
    """A column of short texts, none of them required by the database."""
    return ArrayField(models.CharField(max_length=WORD_LONGEST), verbose_name=label, default=list, blank=True)  # type: ignore[arg-type]


class Profile(models.Model):
    """One member's offer. Public while it is published and the person is a member; money in micro-units."""

    class Domain(models.TextChoices):
        TECHNICAL = "technical", _("Technical")
        BUSINESS = "business", _("Business")

    class Form(models.TextChoices):
        HOURLY = "hourly", _("By the hour")
        QUOTE = "quote", _("Fixed price by quote")
        RETAINER = "retainer", _("Following a project")
        WORKSHOP = "workshop", _("Workshop")

    member = models.OneToOneField(Member, on_delete=models.PROTECT, related_name="+", verbose_name=_("member"))
    domain = models.CharField(_("domain"), max_length=12, choices=Domain.choices, default=Domain.TECHNICAL)
    headline = models.CharField(_("headline"), max_length=160, blank=True)
    about = models.TextField(_("what they help with"), max_length=4000, blank=True)
    fields = words(_("fields"))
    skills = words(_("skills"))
    languages = words(_("languages"))
    forms = words(_("forms of work"))
    rate_micro = models.BigIntegerField(_("rate, U an hour"), null=True, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60)
    buffer_minutes = models.IntegerField(_("pause between bookings, minutes"), default=0)
    notice_hours = models.IntegerField(_("notice, hours"), default=24)
    horizon_days = models.IntegerField(_("open for, days"), default=60)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("expert’s profile")
        verbose_name_plural = _("experts’ profiles")
        ordering = ["member__handle"]
        constraints = [
            models.CheckConstraint(condition=Q(domain__in=("technical", "business")), name="profile_domain"),
            models.CheckConstraint(
                condition=Q(forms__contained_by=["hourly", "quote", "retainer", "workshop"]), name="profile_forms"
            ),
            models.CheckConstraint(condition=Q(rate_micro=None) | Q(rate_micro__gt=0), name="profile_rate"),
            models.CheckConstraint(condition=Q(buffer_minutes__range=(0, BUFFER_MOST)), name="profile_buffer"),
            models.CheckConstraint(condition=Q(notice_hours__range=(0, NOTICE_MOST)), name="profile_notice"),
            models.CheckConstraint(condition=Q(horizon_days__range=(1, HORIZON_MOST)), name="profile_horizon"),
            # What a reader must find on every public profile.
            models.CheckConstraint(
                condition=Q(published_at=None)
                | (~Q(headline="") & Q(rate_micro__isnull=False) & Q(forms__len__gt=0) & Q(languages__len__gt=0)),
                name="profile_complete",
            ),
        ]

    def __str__(self) -> str:
        return str(self.member)


class Piece(models.Model):
    """Work that an expert wrote up, to be read elsewhere."""

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="pieces")
    title = models.CharField(_("title"), max_length=160)
    url = models.CharField(_("link"), max_length=500)
    written_on = models.DateField(_("day"))

    class Meta:
        verbose_name = _("written-up work")
        verbose_name_plural = _("written-up work")
        ordering = ["-written_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["profile", "url"], name="piece_once"),
            models.CheckConstraint(condition=Q(url__regex="^https?://"), name="piece_link"),
        ]

    def __str__(self) -> str:
        return self.title
