"""Deliveries that wait for a client who agreed that silence counts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from charter.rules.terms import Timeline
from consulting.models import Engagement, Milestone, Session, SilenceReminder
from consulting.rules import silence


@dataclass(frozen=True)
class Waiting:
    """A session or milestone whose answer is awaited, and what is due of it."""

    row: Session | Milestone
    due: silence.Due

    @property
    def what(self) -> str:
        """Its title, or its reference where it has none."""
        return self.row.title or self.row.reference


def engagements() -> list[Engagement]:
    """Engagements in which silence may count and something was delivered, by key: not in dispute, client reachable."""
    rows = Engagement.objects.filter(
        accepted_on=None, terms__silent_accept_days__isnull=False, client__user__isnull=False
    ).exclude(disputes__closed_at=None, disputes__isnull=False)
    delivered = rows.filter(sessions__delivered_at__isnull=False, sessions__acceptance=None)
    delivered |= rows.filter(milestones__delivered_at__isnull=False, milestones__acceptance=None)
    return [row for row in delivered.distinct().order_by("pk") if silence.days_of(row.terms) is not None]


def waiting(engagement: Engagement, at: datetime, timeline: Timeline) -> Iterator[Waiting]:
    """What waits in an engagement, with what is due of it at a moment; three queries."""
    days = silence.days_of(engagement.terms)
    if days is None:
        return
    today = timeline.day_of(at)
    rows: list[Session | Milestone] = []
    if engagement.pricing == Engagement.Pricing.HOURLY:
        rows += engagement.sessions.filter(acceptance=None, delivered_at__isnull=False).order_by("reference")
    else:
        rows += engagement.milestones.filter(acceptance=None, delivered_at__isnull=False).order_by("reference")
    sent = _sent(rows)
    for row in rows:
        assert row.delivered_at is not None
        delivered_on = timeline.day_of(row.delivered_at)
        reminders = sent.get((row, silence.counts_on(delivered_on, days)), [])
        yield Waiting(row, silence.due(delivered_on, days, reminders, today))


def _sent(rows: list[Session | Milestone]) -> dict[tuple[Session | Milestone, date], list[tuple[int, date]]]:
    """The reminders that went out, by what and the day they announced."""
    found: dict[tuple[Session | Milestone, date], list[tuple[int, date]]] = {}
    sessions = [row for row in rows if isinstance(row, Session)]
    milestones = [row for row in rows if isinstance(row, Milestone)]
    reminders = SilenceReminder.objects.filter(session__in=sessions) | SilenceReminder.objects.filter(
        milestone__in=milestones
    )
    for reminder in reminders.select_related("session", "milestone"):
        row = reminder.session or reminder.milestone
        assert row is not None
        found.setdefault((row, reminder.counts_on), []).append((reminder.days_before, reminder.sent_on))
    return found
