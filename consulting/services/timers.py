"""Start and stop: time that runs becomes a session, as far as the week holds it; the rest is kept with its reason."""

from datetime import datetime

from django.db import IntegrityError, transaction

from charter.rules.terms import Timeline
from charter.selectors import timeline
from consulting.models import Engagement, Session, Timer
from consulting.refusals import HoursOutOfBounds, WeekFull
from consulting.refusals.delivery import TimerRuns, TimerStopped
from consulting.rules import orders, rooms
from consulting.selectors import work
from consulting.selectors.weeks import Besides
from consulting.services.engagements import locked_expert, refuse_accepted, subject
from consulting.services.sessions import check_own, deliver
from journal.refusals import Refusal
from journal.services import entries
from members.models import Member
from members.selectors.people import By, actor


def start(*, engagement: Engagement, member: Member, by: By, at: datetime) -> Timer:
    """A timer of this expert, the only one that runs.

    Raises ExpertsOnly, AcceptedAlready, BeforeJoining, AfterLeaving, RateUnknown, TimerRuns.
    """
    check_own(engagement, member, by)
    with transaction.atomic():
        member = locked_expert(member)
        engagement.refresh_from_db()
        refuse_accepted(engagement)
        orders.check_membership(list(member.memberships.values_list("joined_on", "exited_on")), timeline().day_of(at))
        work.agreed_rate(engagement, member)
        try:
            with transaction.atomic():
                timer = Timer.objects.create(member=member, engagement=engagement, started_at=at)
        except IntegrityError as taken:
            raise TimerRuns from taken
        _note(timer, "timer.start", by, at)
    return timer


def stop(*, timer: Timer, title: str, by: By, at: datetime, hours_centi: int | None = None) -> Timer:
    """Ends a timer: `session` holds what the week still takes, `kept_centi` the rest with the reason in `refused`.

    `hours_centi` says less than what ran. Nothing is lost: whatever rule refuses the hours, the timer keeps them.
    Raises ExpertsOnly, TitleMissing, MoreThanElapsed, TimerStopped.
    """
    title = rooms.titled(title)
    check_own(timer.engagement, timer.member, by)
    with transaction.atomic():
        member = locked_expert(timer.member)
        timer = _running(timer)
        stopped_at = max(at, timer.started_at)
        hours = rooms.worked_centi(rooms.elapsed_centi(timer.started_at, stopped_at), hours_centi)
        session, refused = _recorded(timer, member, title, hours, stopped_at, by)
        timer.stopped_at, timer.note, timer.session = stopped_at, title, session
        timer.kept_centi = hours - (session.hours_centi if session else 0)
        timer.refused = refused if timer.kept_centi else ""
        timer.save(update_fields=["stopped_at", "note", "session", "kept_centi", "refused"])
        _note(timer, "timer.stop", by, at)
    return timer


def discard(*, timer: Timer, by: By, at: datetime) -> Timer:
    """Ends a timer without a session: it ran by mistake. Raises ExpertsOnly, TimerStopped."""
    check_own(timer.engagement, timer.member, by)
    with transaction.atomic():
        locked_expert(timer.member)
        timer = _running(timer)
        timer.stopped_at = max(at, timer.started_at)
        timer.save(update_fields=["stopped_at"])
        _note(timer, "timer.discard", by, at)
    return timer


def _running(timer: Timer) -> Timer:
    """The timer as it is now; its person's row is held."""
    timer = Timer.objects.select_related("engagement__client", "member").get(pk=timer.pk)
    if timer.stopped_at is not None:
        raise TimerStopped
    return timer


def _recorded(
    timer: Timer, member: Member, title: str, hours: int, stopped_at: datetime, by: By
) -> tuple[Session | None, str]:
    """The session of what fits, and the code of the rule that kept the rest out."""
    if not hours:
        return None, ""
    charter = timeline()
    fits = _fitting(timer, member, hours, stopped_at, charter)
    refused = "" if fits == hours else WeekFull.code if fits < orders.DAY_CENTI else HoursOutOfBounds.code
    if not fits:
        return None, refused
    try:
        # A savepoint: what is refused takes back the session alone, the timer is stopped all the same.
        with transaction.atomic():
            session = deliver(
                engagement=timer.engagement,
                member=member,
                held_on=charter.day_of(timer.started_at),
                hours_centi=fits,
                title=title,
                booking=work.booked(timer.engagement, member, timer.started_at, stopped_at),
                by=by,
                at=stopped_at,
            )
    except Refusal as refusal:
        return None, refusal.code
    return session, refused


def _fitting(timer: Timer, member: Member, hours: int, stopped_at: datetime, charter: Timeline) -> int:
    """How many of the hours the week takes: a session counts in the week in which it begins."""
    booking = work.booked(timer.engagement, member, timer.started_at, stopped_at)
    week = work.week(
        member,
        charter.day_of(timer.started_at),
        timeline=charter,
        besides=Besides(booking=booking.pk if booking else None),
        hours_centi=hours,
        engagement=timer.engagement,
    )
    within = rooms.fitting_centi(hours_centi=hours, taken_centi=week.taken_centi, cap_centi=week.cap_centi)
    return min(within, orders.DAY_CENTI)


def _note(timer: Timer, verb: str, by: By, at: datetime) -> None:
    data = {
        "member": timer.member.handle,
        "timer": timer.pk,
        "session": timer.session.reference if timer.session else None,
        "kept_centi": timer.kept_centi,
    }
    entries.append(actor=actor(by), verb=verb, subject=subject(timer.engagement), data=data, at=at)
