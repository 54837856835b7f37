"""Reading applications: the applicant's own, and what the group sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from charter import selectors as charter
from journal.refusals import Refusal
from members.models import Application, Interview
from members.registry import proposed_among
from members.rules.admission import Facts, ready_for_proposal
from members.rules.answers import Answers, Link

OPEN = Q(withdrawn_at=None, closed_at=None)


class State(StrEnum):
    """Where an application stands, as far as this floor knows; the vote itself is the proposals' floor."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    INTERVIEWED = "interviewed"
    PROPOSED = "proposed"
    ADMITTED = "admitted"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


UNDER_WAY = frozenset((State.SUBMITTED, State.INTERVIEWED, State.PROPOSED))


def open_of(user: User) -> Application | None:
    """A user's application that has not ended, or None."""
    return Application.objects.filter(OPEN, user=user).first()


def latest_of(user: User) -> Application | None:
    """A user's newest application, ended or not."""
    return Application.objects.filter(user=user).order_by("-created_at", "-pk").first()


def own(user: User, pk: int) -> Application | None:
    """An application if it is this user's."""
    return Application.objects.filter(user=user, pk=pk).first()


def for_group() -> QuerySet[Application]:
    """What members see: everything that was ever sent, newest first, with `interview_count`; drafts stay private."""
    return (
        Application.objects.exclude(submitted_at=None)
        .select_related("builder_confirmed_by", "member", "user")
        .annotate(interview_count=Count("interviews"))
        .order_by("-submitted_at", "-pk")
    )


@dataclass(frozen=True)
class Listed:
    """An application in the group's list, with what is missing before its proposal can open."""

    application: Application
    state: State
    missing: Sequence[Refusal]


def listed(at: datetime) -> list[Listed]:
    """Everything that was sent, open ones first; queries do not grow with the rows."""
    timeline = charter.timeline()
    day = timeline.day_of(at)
    terms = timeline.terms_on(day)
    found = list(for_group())
    proposed = proposed_among([row.pk for row in found])
    rows = [
        Listed(
            application=row,
            state=state_of(row, counted(row), proposed=row.pk in proposed),
            missing=ready_for_proposal(facts_of(row, counted(row)), terms, day),
        )
        for row in found
    ]
    return sorted(rows, key=lambda row: row.state not in UNDER_WAY)


def counted(row: Application) -> int:
    """The `interview_count` of a row of `for_group`."""
    return int(row.interview_count)  # type: ignore[attr-defined]


def none() -> QuerySet[Application]:
    """No application: what the schema is drawn from."""
    return Application.objects.none()


def with_state(rows: Sequence[Application], at: datetime) -> Sequence[Application]:
    """Rows of `for_group` with `state` and `missing`; the charter is read once."""
    timeline = charter.timeline()
    day = timeline.day_of(at)
    terms = timeline.terms_on(day)
    proposed = proposed_among([row.pk for row in rows])
    for row in rows:
        row.state = state_of(row, counted(row), proposed=row.pk in proposed)  # type: ignore[attr-defined]
        row.missing = ready_for_proposal(facts_of(row, counted(row)), terms, day)  # type: ignore[attr-defined]
    return rows


def waiting() -> QuerySet[Application]:
    """Sent and not ended, the one that waits longest first."""
    return for_group().filter(OPEN).order_by("submitted_at", "pk")


def interviews_of(application: Application) -> Sequence[Interview]:
    """The interviews on record with their interviewers, newest first; two queries."""
    return list(application.interviews.prefetch_related("interviewers").order_by("-held_on", "-pk"))


def answers_of(application: Application) -> Answers:
    """What was typed so far, for the rules."""
    links = application.evidence if isinstance(application.evidence, list) else []
    return Answers(
        name=application.name,
        handle=application.handle,
        criteria=tuple(application.criteria),
        experience=application.experience,
        evidence=tuple(Link(item.get("url", ""), item.get("shows", "")) for item in links),
        project=application.project,
        open_source=application.open_source,
        communication=application.communication,
        weekly_hours_centi=application.weekly_hours_centi,
        builder_since=application.builder_since,
    )


def facts_of(application: Application, interviews: int | None = None) -> Facts:
    """What decides about the admission proposal; `interviews` when the caller has counted them."""
    return Facts(
        submitted=application.submitted_at is not None,
        ended=application.has_ended,
        criteria=tuple(application.criteria),
        builder_since=application.builder_since,
        builder_confirmed=application.builder_confirmed_by_id is not None,
        interviews=application.interviews.count() if interviews is None else interviews,
    )


def missing_for_proposal(application: Application, at: datetime) -> list[Refusal]:
    """What is missing before the admission proposal can open at a moment, by the charter of that day."""
    timeline = charter.timeline()
    day = timeline.day_of(at)
    return ready_for_proposal(facts_of(application), timeline.terms_on(day), day)


def state_of(application: Application, interviews: int, *, proposed: bool = False) -> State:
    """The state that follows from the dates; `proposed` when it was put to the members."""
    if application.withdrawn_at is not None:
        return State.WITHDRAWN
    if application.closed_at is not None:
        return State.ADMITTED if application.member_id is not None else State.CLOSED
    if application.submitted_at is None:
        return State.DRAFT
    if proposed:
        return State.PROPOSED
    return State.INTERVIEWED if interviews else State.SUBMITTED
