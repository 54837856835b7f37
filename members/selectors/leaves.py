"""Who is away, by their own word."""

from datetime import date

from django.db.models import F, Q, QuerySet

from members.models import Leave, Member


def away_on(day: date) -> QuerySet[Leave]:
    """The leaves of a day: their first and last day count, the day of an earlier return does not."""
    return Leave.objects.filter(Q(ended_on=None) | Q(ended_on__gt=day), first_on__lte=day, last_on__gte=day)


def overlapping(member: Member, first_on: date, last_on: date) -> QuerySet[Leave]:
    """A member's leaves that count on any of these days; one that was taken back before it began counts on none."""
    counts = Q(ended_on=None) | (Q(ended_on__gt=first_on) & Q(ended_on__gt=F("first_on")))
    return Leave.objects.filter(counts, member=member, first_on__lte=last_on, last_on__gte=first_on)


def leaves_of(member: Member) -> QuerySet[Leave]:
    """A member's leaves, the latest first."""
    return Leave.objects.filter(member=member).order_by("-first_on", "-pk")


def standing(member: Member, day: date) -> list[Leave]:
    """A member's leaves that have not ended on a day, the next first."""
    return list(leaves_of(member).filter(ended_on=None, last_on__gte=day).order_by("first_on"))
