"""Calendars of elsewhere that say when an expert is busy, and the secret addresses of our own feeds."""

from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consulting.models.offering import Profile

PROBLEMS = ("", "address", "unreachable", "slow", "redirects", "answer", "large", "unreadable", "many")


class BusyFeed(models.Model):
    """An iCalendar address that an expert gave us: a secret of theirs, which no journal, log or other person sees."""

    class Problem(models.TextChoices):
        ADDRESS = "address", _("The address leads to a place that is not public.")
        UNREACHABLE = "unreachable", _("The calendar’s server cannot be reached.")
        SLOW = "slow", _("The calendar’s server takes too long to answer.")
        REDIRECTS = "redirects", _("The address leads on more than three times.")
        ANSWER = "answer", _("The calendar’s server does not hand the calendar out.")
        LARGE = "large", _("The calendar is larger than 2 MB.")
        UNREADABLE = "unreadable", _("What is at the address is no calendar that can be read.")
        MANY = "many", _("The calendar has more than 5,000 busy times.")

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="feeds")
    url = models.CharField(_("address"), max_length=1000)
    added_at = models.DateTimeField(_("added"))
    # When somebody began to look; whoever looks next waits for the next period.
    looked_at = models.DateTimeField(_("looked at"), null=True, blank=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    etag = models.CharField(max_length=200, blank=True)
    problem = models.CharField(_("problem"), max_length=12, choices=Problem.choices, blank=True)

    class Meta:
        verbose_name = _("busy calendar")
        verbose_name_plural = _("busy calendars")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["profile", "url"], name="feed_once"),
            models.CheckConstraint(condition=Q(url__regex="^https?://"), name="feed_address"),
            models.CheckConstraint(
                condition=Q(problem__in=PROBLEMS),
                name="feed_problem",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class BusySpan(models.Model):
    """A time, half-open, at which a calendar says busy; the spans of one calendar do not touch."""

    feed = models.ForeignKey(BusyFeed, on_delete=models.PROTECT, related_name="spans")
    during = DateTimeRangeField(_("busy"))

    class Meta:
        verbose_name = _("busy time")
        verbose_name_plural = _("busy times")
        ordering = ["feed", "during"]
        constraints = [
            models.CheckConstraint(
                condition=Q(during__isempty=False, during__lower_inf=False, during__upper_inf=False),
                name="span_bounded",
            ),
        ]

    def __str__(self) -> str:
        return str(self.during)


class CalendarKey(models.Model):
    """What the address of a person's own feed is signed over; the signature is not stored, so this opens nothing."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    nonce = models.CharField(max_length=22, unique=True)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")
        constraints = [
            models.CheckConstraint(condition=Q(nonce__regex="^[A-Za-z0-9_-]{22}$"), name="calendar_key_nonce")
        ]

    def __str__(self) -> str:
        return str(self.user)
