"""When an expert can be booked: hours of the week and exceptions of single days, on the clock of the expert's zone."""

from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from consulting.models.offering import Profile

DAY_MINUTES = 24 * 60
# Slots begin on the half hour of the expert's clock, and so do windows.
GRID_MINUTES = 30


def on_the_grid(*names: str) -> Q:
    """That columns of minutes are whole half hours of one day."""
    condition = Q()
    for name in names:
        condition &= Q(**{f"{name}__range": (0, DAY_MINUTES)}) & Q(Exact(F(name) % GRID_MINUTES, 0))
    return condition


class Window(models.Model):
    """Minutes of a weekday (1 is Monday), on the wall clock: from `starts_minute` up to `ends_minute`."""

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="windows")
    weekday = models.IntegerField(_("weekday"))
    starts_minute = models.IntegerField(_("from"))
    ends_minute = models.IntegerField(_("to"))

    class Meta:
        verbose_name = _("weekly hours")
        verbose_name_plural = _("weekly hours")
        ordering = ["weekday", "starts_minute", "ends_minute"]
        constraints = [
            models.UniqueConstraint(fields=["profile", "weekday", "starts_minute", "ends_minute"], name="window_once"),
            models.CheckConstraint(condition=Q(weekday__range=(1, 7)), name="window_weekday"),
            models.CheckConstraint(condition=Q(starts_minute__lt=F("ends_minute")), name="window_order"),
            models.CheckConstraint(condition=on_the_grid("starts_minute", "ends_minute"), name="window_grid"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.starts_minute}–{self.ends_minute}"


class DayException(models.Model):
    """Minutes of one day on which the expert is away, or free besides the weekly hours. Away wins."""

    class Kind(models.TextChoices):
        AWAY = "away", _("Away")
        EXTRA = "extra", _("Free as well")

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="exceptions")
    falls_on = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=5, choices=Kind.choices)
    starts_minute = models.IntegerField(_("from"), default=0)
    ends_minute = models.IntegerField(_("to"), default=DAY_MINUTES)

    class Meta:
        verbose_name = _("exception of a day")
        verbose_name_plural = _("exceptions of days")
        ordering = ["falls_on", "starts_minute", "ends_minute"]
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "falls_on", "kind", "starts_minute", "ends_minute"], name="exception_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=("away", "extra")), name="exception_kind"),
            models.CheckConstraint(condition=Q(starts_minute__lt=F("ends_minute")), name="exception_order"),
            models.CheckConstraint(condition=on_the_grid("starts_minute", "ends_minute"), name="exception_grid"),
        ]

    def __str__(self) -> str:
        return f"{self.falls_on} {self.kind}"
