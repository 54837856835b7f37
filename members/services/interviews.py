"""Recording the interview."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from charter import selectors as charter
from journal.services import entries
from members.models import Application, Interview, Member
from members.refusals.applications import ApplicationEnded, Incomplete, InterviewUnreadable, NotSubmitted
from members.rules.interviews import problems
from members.selectors.people import active_on, actor
from members.services.applications import only_leader


def record(
    *,
    application: Application,
    held_on: date,
    minutes: int,
    interviewers: Sequence[Member],
    answers: Mapping[str, str],
    summary: str,
    by: Member,
    at: datetime,
) -> Interview:
    """Writes down an interview on the template (join.2.2); the leader does. A later one stands beside it.

    Raises OnlyLeader, NotSubmitted, ApplicationEnded, Incomplete with every answer that needs a change.
    """
    today = charter.today(at)
    with transaction.atomic():
        found = Application.objects.select_for_update().get(pk=application.pk)
        only_leader(by, today)
        if found.has_ended:
            raise ApplicationEnded
        if found.submitted_at is None:
            raise NotSubmitted
        _check(held_on, minutes, interviewers, answers, summary, today)
        interview = Interview.objects.create(
            application=found,
            held_on=held_on,
            minutes=minutes,
            answers={key: text.strip() for key, text in answers.items()},
            summary=summary.strip(),
            recorded_by=actor(by),
        )
        interview.interviewers.set(interviewers)
        entries.append(
            actor=actor(by),
            verb="interview.record",
            subject=f"application/{found.pk}",
            data={
                "interview": interview.pk,
                "held_on": held_on.isoformat(),
                "minutes": minutes,
                "interviewers": sorted(member.handle for member in interviewers),
            },
            at=at,
        )
    return interview


def _check(
    held_on: date, minutes: int, interviewers: Sequence[Member], answers: Mapping[str, str], summary: str, today: date
) -> None:
    found = list(
        problems(
            held_on=held_on,
            minutes=minutes,
            interviewers=len(interviewers),
            answers=answers,
            summary=summary,
            today=today,
        )
    )
    present = set(active_on(held_on).values_list("pk", flat=True)) if held_on <= today else set()
    if present and not present.issuperset(member.pk for member in interviewers):
        found.append(
            InterviewUnreadable(_("Choose people who were members on the day of the interview."), field="interviewers")
        )
    if found:
        raise Incomplete(found)
