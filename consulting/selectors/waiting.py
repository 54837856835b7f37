"""What waits for a person in the rooms: the client's answers, an expert's running timer and what is due."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from charter.rules.terms import Timeline
from consulting.models import Deliverable, Dispute, Engagement, Milestone, Session, Timer
from consulting.rules import silence
from consulting.selectors.sides import PARTS

SOON = timedelta(days=7)


@dataclass(frozen=True)
class Answer:
    """A session or milestone that the client answers; `until` is the last day before silence counts, if it does."""

    row: Session | Milestone
    until: date | None


def count(user: User, day: date) -> int:
    """How many things wait for a person: one query."""
    first, *rest = (rows.order_by().values_list("pk") for rows in _all(user, day))
    return first.union(*rest, all=True).count()


def _all(user: User, day: date) -> Iterator[QuerySet[Any]]:
    yield _unanswered(Session, user).filter(engagement__pricing=Engagement.Pricing.HOURLY)
    yield _unanswered(Milestone, user)
    yield to_take(user)
    yield timers(user)
    yield due(user, day)


def answers(user: User, timeline: Timeline) -> list[Answer]:
    """What a client's user is asked about, the oldest first: two queries."""
    sessions = _unanswered(Session, user).filter(engagement__pricing=Engagement.Pricing.HOURLY)
    rows: list[Session | Milestone] = [
        *sessions.select_related("engagement", "member"),
        *_unanswered(Milestone, user).select_related("engagement"),
    ]
    found = [Answer(row, last_day(row, timeline)) for row in rows]
    return sorted(found, key=lambda answer: answer.row.delivered_at or answer.row.engagement.created_at)


def last_day(row: Session | Milestone, timeline: Timeline) -> date | None:
    """The last day on which the client can still answer before silence counts; None where it never does."""
    days = silence.days_of(row.engagement.terms)
    if days is None or row.delivered_at is None:
        return None
    return silence.counts_on(timeline.day_of(row.delivered_at), days) - timedelta(days=1)


def to_take(user: User) -> QuerySet[Deliverable]:
    """Deliverables that a client's user has not accepted."""
    rows = Deliverable.objects.filter(engagement__client__user=user, delivered_at__isnull=False, accepted_at=None)
    return rows.select_related("engagement").order_by("delivered_at")


def timers(user: User) -> QuerySet[Timer]:
    """A person's timer that runs: at most one."""
    return Timer.objects.filter(member__user=user, stopped_at=None).select_related("engagement")


def due(user: User, day: date) -> QuerySet[Deliverable]:
    """What an expert promised for the next week or before, and has not delivered."""
    takes_part = Q()
    for part in PARTS:
        own = part._default_manager.filter(engagement=OuterRef("engagement"), member__user=user)
        takes_part |= Q(Exists(own))
    rows = Deliverable.objects.filter(
        takes_part, delivered_at=None, due_on__lte=day + SOON, engagement__accepted_on=None
    )
    return rows.select_related("engagement").order_by("due_on", "pk")


def _unanswered(model: type[Any], user: User) -> QuerySet[Any]:
    """Units that were delivered to a client's user and neither accepted nor disputed."""
    disputed = Dispute.objects.filter(engagement=OuterRef("engagement"), closed_at=None)
    rows: QuerySet[Any] = model._default_manager.filter(
        ~Exists(disputed),
        engagement__client__user=user,
        engagement__accepted_on=None,
        delivered_at__isnull=False,
        acceptance=None,
    )
    return rows.order_by("delivered_at", "pk")
