"""Silence that counts: reminders first, then acceptance, only where the client agreed to it at booking or quote."""

import logging
from datetime import datetime

from django.db import transaction

from charter.selectors import timeline
from consulting.models import Acceptance, Engagement, Session, SilenceReminder
from consulting.selectors import disputes, silence
from consulting.selectors.silence import Waiting
from consulting.services import acceptances, letters
from consulting.services.engagements import locked
from journal.clock import Clock, database_clock
from journal.refusals import Refusal
from journal.services import entries

SILENCE = "silence"
logger = logging.getLogger(__name__)


def answer_due(*, clock: Clock = database_clock) -> None:
    """Reminds and accepts what is due, an engagement a transaction; one that cannot be accepted waits for a person."""
    for engagement in silence.engagements():
        try:
            answer(engagement=engagement, clock=clock)
        except Refusal as refusal:
            logger.warning("engagement %s: silence counts, but %s", engagement.reference, refusal.code)


def answer(*, engagement: Engagement, clock: Clock = database_clock) -> list[Acceptance]:
    """What silence does in one engagement now. The day is asked under the lock: an answer that came first stands."""
    with transaction.atomic():
        engagement = locked(engagement)
        at, charter = clock(), timeline()
        if engagement.accepted_on is not None or disputes.open_dispute(engagement) is not None:
            return []
        if engagement.client.user_id is None:
            return []
        waiting = list(silence.waiting(engagement, at, charter))
        today = charter.day_of(at)
        for found in waiting:
            if found.due.remind is not None:
                _remind(engagement, found, found.due.remind, at)
        units = [found.row.reference for found in waiting if found.due.accept]
        if not units:
            return []
        return acceptances.accept(engagement=engagement, accepted_on=today, by=SILENCE, at=at, units=units)


def _remind(engagement: Engagement, found: Waiting, before: int, at: datetime) -> None:
    row = found.row
    SilenceReminder.objects.create(
        session=row if isinstance(row, Session) else None,
        milestone=None if isinstance(row, Session) else row,
        counts_on=found.due.counts_on,
        days_before=before,
        sent_on=timeline().day_of(at),
    )
    letters.reminded(engagement=engagement, unit=row.reference, what=found.what, counts_on=found.due.counts_on, at=at)
    entries.append(
        actor="system:worker",
        verb="silence.remind",
        subject=f"engagement/{engagement.reference}",
        data={"unit": row.reference, "counts_on": found.due.counts_on.isoformat()},
        at=at,
    )
