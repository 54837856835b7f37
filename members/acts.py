"""The acts of this floor: admitting an applicant, removing a member, seating the leader."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from charter import selectors as charter
from charter.registry import Act, Difference, register
from journal import writing
from members.models import Application, Member
from members.refusals.applications import ApplicationEnded, UnknownApplication
from members.refusals.people import NotMember, UnknownHandle
from members.rules.admission import ready_for_proposal
from members.rules.months import months_after
from members.selectors.applications import facts_of
from members.selectors.people import by_handle, is_active, leads, open_period
from members.services import applications, memberships, terms

MONTHS_A_QUARTER = 3


@dataclass(frozen=True)
class Admit:
    """An application by its id; from a later day than that of execution if one is named."""

    application: int
    joined_on: date | None = None

    def begins_on(self, day: date) -> date:
        """The day of execution, unless the act names a later one."""
        return max(self.joined_on or day, day)


def _application(params: Admit) -> Application:
    found = Application.objects.filter(pk=params.application).first()
    if found is None:
        raise UnknownApplication
    return found


def check_admission(params: Admit, day: date) -> None:
    """Raises the first thing that is missing (join.1 to join.2.2), or that the application has ended."""
    application = _application(params)
    for refused in ready_for_proposal(facts_of(application), charter.terms_on(day), day):
        raise refused


def preview_admission(params: Admit, day: date) -> list[str]:
    """One sentence."""
    application = _application(params)
    words = {
        "name": application.name,
        "handle": application.handle,
        "day": writing.day(params.begins_on(day), shape="day_year"),
    }
    return [_("%(name)s (%(handle)s) becomes a member on %(day)s.") % words]


def admit(params: Admit, /, *, at: datetime, by: str, reference: str) -> str:
    """Makes the applicant a member on the day of execution; `membership/<handle>`."""
    application = Application.objects.select_for_update().get(pk=params.application)
    if application.has_ended:
        raise ApplicationEnded
    member = memberships.join(
        handle=application.handle,
        name=application.name,
        email=application.user.email,
        user=application.user,
        joined_on=params.begins_on(charter.today(at)),
        builder_since=application.builder_since,
        builder_url=application.builder_url,
        decided_by=reference,
        by=by,
        at=at,
    )
    applications.close(application=application, member=member, by=by, at=at)
    return f"membership/{member.handle}"


ADMIT = register(
    Act(
        key="members.admit",
        params=Admit,
        may_propose="leader",
        threshold="admission.threshold",
        preview=preview_admission,
        check=check_admission,
        execute=admit,
    )
)


@dataclass(frozen=True)
class Remove:
    """A member by handle; the last day is the day of execution."""

    handle: str


def check_removal(params: Remove, day: date) -> None:
    """UnknownHandle, or NotMember for somebody who has left or declared a last day already."""
    period = open_period(_member(params.handle), day)
    if period is None or period.exited_on is not None:
        raise NotMember


def preview_removal(params: Remove, day: date) -> list[str]:
    """One sentence, and one more if the leader goes."""
    member = _member(params.handle)
    words = {"name": member.name, "handle": member.handle, "day": writing.day(day, shape="day_year")}
    said = [_("%(name)s (%(handle)s) leaves the group; the last day is %(day)s.") % words]
    if leads(member, day):
        said.append(_("Their term as leader ends on the same day."))
    return said


def diff_removal(params: Remove, day: date) -> list[Difference]:
    """The membership, and the leader's term where there is one."""
    member = _member(params.handle)
    last = _("until %(day)s") % {"day": writing.day(day, shape="day_year")}
    without = _("no last day")
    found = [Difference(_("Membership of %(name)s") % {"name": member.name}, without, last, "exit.2")]
    if leads(member, day):
        found.append(Difference(_("Term as leader"), without, last, "daily.1"))
    return found


def remove(params: Remove, /, *, at: datetime, by: str, reference: str) -> str:
    """Ends the membership with the day of execution, and with it the leader's term; `exit/<handle>`.

    What was earned up to that day stays owed: the month's run pays it as for anybody who leaves (exit.1).
    """
    member = _member(params.handle)
    memberships.declare_exit(member=member, exited_on=charter.today(at), by=by, at=at, decided_by=reference)
    return f"exit/{member.handle}"


REMOVE = register(
    Act(
        key="members.remove",
        params=Remove,
        may_propose="leader",
        threshold="removal.threshold",
        preview=preview_removal,
        check=check_removal,
        execute=remove,
        diff=diff_removal,
    )
)


@dataclass(frozen=True)
class SeatLeader:
    """A member by handle, the days of the term, and who decides the leader's own claims.

    `starts_on` is the first day, the day of execution if that is later; `quarters` three months each from then on, in
    place of a last day.
    """

    handle: str
    starts_on: date
    ends_on: date | None = None
    deputy: str | None = None
    quarters: int | None = None

    def days(self, day: date) -> tuple[date, date | None]:
        """First and last day of the term if it is seated on a day."""
        begins_on = max(self.starts_on, day)
        if self.quarters is None:
            return begins_on, self.ends_on
        return begins_on, months_after(begins_on, MONTHS_A_QUARTER * self.quarters) - timedelta(days=1)


def _member(handle: str) -> Member:
    member = by_handle(handle)
    if member is None:
        raise UnknownHandle.of(handle)
    return member


def check_seating(params: SeatLeader, day: date) -> None:
    """Raises if nobody has the handle or the deputy's, or if the leader is no member when the term begins."""
    begins_on, _last = params.days(day)
    if params.deputy is not None:
        _member(params.deputy)
    if not is_active(_member(params.handle), begins_on):
        raise NotMember


def preview_seating(params: SeatLeader, day: date) -> list[str]:
    """One sentence, with the last day where there is one."""
    begins_on, ends_on = params.days(day)
    words = {"name": _member(params.handle).name, "day": writing.day(begins_on, shape="day_year")}
    if ends_on is None:
        return [_("%(name)s becomes the leader on %(day)s.") % words]
    words["last"] = writing.day(ends_on, shape="day_year")
    return [_("%(name)s becomes the leader on %(day)s, until %(last)s.") % words]


def seat(params: SeatLeader, /, *, at: datetime, by: str, reference: str) -> str:
    """Seats the leader; `term/leader/<first day>`. A deputy who has left is not seated: anybody else stands in."""
    begins_on, ends_on = params.days(charter.today(at))
    deputy = _member(params.deputy) if params.deputy else None
    term = terms.seat_leader(
        member=_member(params.handle),
        starts_on=begins_on,
        ends_on=ends_on,
        deputy=deputy if deputy is not None and is_active(deputy, begins_on) else None,
        decided_by=reference,
        by=by,
        at=at,
    )
    return f"term/leader/{term.starts_on.isoformat()}"


SEAT = register(
    Act(
        key="members.seat_leader",
        params=SeatLeader,
        may_propose="member",
        threshold="election.threshold",
        preview=preview_seating,
        check=check_seating,
        execute=seat,
    )
)
