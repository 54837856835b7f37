"""An engagement's room as one person sees it: hours, units with their state, money, words; as many queries for any."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Sum

from accounts.models import User
from charter.rules.terms import Timeline
from consulting.models import (
    AgendaItem,
    Booking,
    Deliverable,
    Dispute,
    Engagement,
    Message,
    Milestone,
    Retainer,
    Session,
    Upload,
)
from consulting.rules import bookings, rooms, splitting
from consulting.selectors import disputes, offering, work
from consulting.selectors.sides import PARTS, experts_of, side_of
from consulting.selectors.waiting import last_day
from consulting.selectors.weeks import taken_by_week
from consulting.selectors.work import Week
from members.models import Member
from members.selectors.people import Signed, member_of, roles_on
from treasury.models import PayoutLine
from treasury.rules import wordings

State = Literal["planned", "recorded", "waits", "disputed", "confirmed", "paid"]
KEEPERS = frozenset(("treasurer", "leader"))
FIXED = Engagement.Pricing.FIXED


@dataclass(frozen=True)
class Unit:
    """A session, a booked time or a milestone, with its state; `answer_by` is the last day before silence counts."""

    reference: str
    title: str
    who: str
    day: date | None
    begins_at: datetime | None
    hours_centi: int
    micro: int
    state: State
    answer_by: date | None = None
    milestone: Milestone | None = None


@dataclass(frozen=True)
class Hours:
    """The hours of an engagement in hundredths: paid out, done, booked, and reserved without use."""

    paid_centi: int
    done_centi: int
    planned_centi: int
    free_centi: int

    @property
    def worked_centi(self) -> int:
        """What was done, paid out or not."""
        return self.paid_centi + self.done_centi

    @property
    def agreed_centi(self) -> int:
        """All of it."""
        return self.worked_centi + self.planned_centi + self.free_centi


@dataclass(frozen=True)
class Payout:
    """What a month's runs posted of an engagement: to whom how much, and what they add up to; micro-units."""

    month: str
    posted_on: date
    parts: tuple[tuple[str, int], ...]
    pool_micro: int
    hours_centi: int

    @property
    def month_name(self) -> str:
        """`October 2026`, in the reader's language."""
        return wordings.month(self.month)

    @property
    def individuals_micro(self) -> int:
        """The experts' part."""
        return sum(amount for _name, amount in self.parts)

    @property
    def gross_micro(self) -> int:
        """The whole."""
        return self.individuals_micro + self.pool_micro


@dataclass(frozen=True)
class Room:
    """Everything of the room but invoices and messages, which come in pages."""

    engagement: Engagement
    side: str
    member: Member | None
    experts: list[Member]
    public: frozenset[str]
    units: list[Unit]
    hours: Hours
    weeks: list[Week]
    deliverables: list[Deliverable]
    agenda: list[AgendaItem]
    planned: list[Booking]
    payouts: list[Payout]
    dispute: Dispute | None

    @property
    def waiting(self) -> list[Unit]:
        """What the client is asked about."""
        return [unit for unit in self.units if unit.state == "waits"]

    @property
    def has_milestones(self) -> bool:
        """Whether a fixed price is accepted in parts."""
        return any(unit.milestone for unit in self.units)

    @property
    def has_sessions(self) -> bool:
        """Whether there is an hour to show."""
        return any(unit.milestone is None for unit in self.units)

    @property
    def next_micro(self) -> int:
        """What is done and not paid out; a milestone is done once somebody said so."""
        done = ("waits", "disputed", "confirmed")
        return sum(
            unit.micro for unit in self.units if unit.state in done or (unit.state == "recorded" and not unit.milestone)
        )

    @property
    def accepted_micro(self) -> int:
        """What of a fixed price the client has accepted."""
        if self.engagement.accepted_on is not None:
            return self.engagement.price_micro or 0
        return sum(unit.micro for unit in self.units if unit.milestone and unit.state in ("confirmed", "paid"))


def mine(user: Signed, day: date) -> QuerySet[Engagement]:
    """The engagements whose room a person sees: all for treasurer and leader; open ones first, then the latest."""
    rows = Engagement.objects.select_related("client").order_by("-opened_on", "reference")
    if not isinstance(user, User):
        return rows.none()
    if not roles_on(user, day) & KEEPERS:
        takes_part = Q(client__user=user)
        for part in PARTS:
            takes_part |= Q(Exists(part._default_manager.filter(engagement=OuterRef("pk"), member__user=user)))
        rows = rows.filter(takes_part)
    return rows.annotate(hours_sum_centi=Sum("sessions__hours_centi", default=0))


def none() -> QuerySet[Message]:
    """No message: what the schema is drawn from."""
    return Message.objects.none()


def found(user: Signed, reference: str, day: date) -> tuple[Engagement, str] | None:
    """An engagement and the side on which a person stands in it; None where its room does not exist for them."""
    engagement = Engagement.objects.select_related("client__user").filter(reference=reference).first()
    if engagement is None:
        return None
    side = side_of(user, engagement, day)
    return (engagement, side) if rooms.sees(side) else None


def room(engagement: Engagement, side: str, user: Signed, *, at: datetime, timeline: Timeline) -> Room:
    """The room, seen `at`."""
    today = timeline.day_of(at)
    experts = list(experts_of(engagement))
    planned = list(work.planned(engagement))
    dispute = disputes.open_dispute(engagement)
    lines = _lines(engagement)
    units = _units(engagement, planned, lines, dispute, timeline)
    return Room(
        engagement=engagement,
        side=side,
        member=member_of(user) if side == rooms.EXPERT else None,
        experts=experts,
        public=_public(experts, today),
        units=units,
        hours=_hours(engagement, units),
        weeks=_weeks(experts, today, at, timeline),
        deliverables=list(deliverables(engagement)),
        agenda=list(engagement.agenda.filter(done_at=None)),
        planned=planned,
        payouts=_payouts({member.handle: member.name for member in experts}, units, lines),
        dispute=dispute,
    )


def messages(engagement: Engagement) -> QuerySet[Message]:
    """The words of both sides, the latest first, with authors and files."""
    rows = Message.objects.filter(engagement=engagement).select_related("author").order_by("-pk")
    return rows.prefetch_related(Prefetch("files", Upload.objects.select_related("engagement").order_by("pk")))


def deliverables(engagement: Engagement) -> QuerySet[Deliverable]:
    """What the client gets, by day, each with its files, the newest first."""
    files = Prefetch("files", Upload.objects.select_related("engagement").order_by("-pk"))
    return engagement.deliverables.select_related("delivered_by").prefetch_related(files)


def item_of(engagement: Engagement, pk: int) -> AgendaItem | None:
    """A point of this engagement's agenda."""
    return engagement.agenda.filter(pk=pk).select_related("engagement__client").first()


def deliverable_of(engagement: Engagement, pk: int) -> Deliverable | None:
    """A deliverable of this engagement."""
    return engagement.deliverables.filter(pk=pk).select_related("engagement__client").first()


def milestone_of(engagement: Engagement, reference: str) -> Milestone | None:
    """A milestone of this engagement."""
    return engagement.milestones.filter(reference=reference).select_related("engagement__client").first()


def _public(experts: Sequence[Member], today: date) -> frozenset[str]:
    """The handles of those whose offer can be looked at."""
    rows = offering.public(today).filter(member__in=[member.pk for member in experts]).order_by()
    return frozenset(rows.values_list("member__handle", flat=True))


def _weeks(experts: Sequence[Member], today: date, at: datetime, timeline: Timeline) -> list[Week]:
    """The running week of each expert, in one query."""
    empty = [work.empty_week(member, today, timeline) for member in experts]
    zone = timeline.terms_on(today).time_zone
    taken = taken_by_week([member.pk for member in experts], today, today, zone=zone, at=at)
    return [
        Week(week.member, week.monday, week.sunday, taken.get((week.member.pk, week.monday), 0), week.cap_centi)
        for week in empty
    ]


def _lines(engagement: Engagement) -> list[PayoutLine]:
    """What was posted of an engagement, found by the index of references: in byte order '0' comes after '/'."""
    own = engagement.reference
    either = Q(reference=f"consulting-pool/{own}")
    for kind, first, last in (("consulting", "/", "0"), ("consulting-pool", "/", "0"), ("consulting-pool", "#", "$")):
        either |= Q(reference__gt=f"{kind}/{own}{first}", reference__lt=f"{kind}/{own}{last}")
    return list(PayoutLine.objects.filter(either).select_related("run").order_by("-month", "reference"))


def _units(
    engagement: Engagement,
    planned: Iterable[Booking],
    lines: Iterable[PayoutLine],
    dispute: Dispute | None,
    timeline: Timeline,
) -> list[Unit]:
    """Booked times, then sessions or milestones with the latest first."""
    paid = {_unit_of(line) for line in lines}

    def state(row: Session | Milestone, own: object | None) -> State:
        if own is not None:
            return "paid" if row.reference in paid else "confirmed"
        if dispute is not None:
            return "disputed"
        return "waits" if row.delivered_at is not None else "recorded"

    found = [_booked(booking, timeline) for booking in reversed(list(planned))]
    whole = engagement.acceptances.filter(session=None, milestone=None).first()
    if whole is not None and "" in paid:
        paid |= set(engagement.sessions.values_list("reference", flat=True))
    for row in engagement.sessions.select_related("engagement", "member", "acceptance", "booking").order_by(
        "-held_on", "-pk"
    ):
        own = getattr(row, "acceptance", None) or whole
        booking = getattr(row, "booking", None)
        found.append(
            Unit(
                reference=row.reference,
                title=row.title,
                who=row.member.name,
                day=row.held_on,
                begins_at=bookings.begins_at(booking) if booking else None,
                hours_centi=row.hours_centi,
                micro=splitting.gross(row.hours_centi, row.rate_micro or 0),
                # At a fixed price milestones are accepted, not hours.
                state="recorded" if engagement.pricing == FIXED and own is None else state(row, own),
                answer_by=last_day(row, timeline),
            )
        )
    for part in engagement.milestones.select_related("engagement", "acceptance").order_by("reference"):
        own = getattr(part, "acceptance", None)
        found.append(
            Unit(
                reference=part.reference,
                title=part.title,
                who="",
                day=part.due_on,
                begins_at=None,
                hours_centi=0,
                micro=part.price_micro,
                state=state(part, own),
                answer_by=last_day(part, timeline),
                milestone=part,
            )
        )
    return found


def _booked(booking: Booking, timeline: Timeline) -> Unit:
    begins = bookings.begins_at(booking)
    return Unit(
        reference=booking.reference,
        title=booking.topic.strip().partition("\n")[0][:120],
        who=booking.member.name,
        day=timeline.day_of(begins),
        begins_at=begins,
        hours_centi=booking.minutes * 100 // 60,
        micro=booking.price_micro,
        state="planned",
    )


def _unit_of(line: PayoutLine) -> str:
    """The session or milestone of a line; "" for a whole: `consulting/E/S/chen`, `consulting-pool/E/S`."""
    steps = line.base.split("#")[0].split("/")
    if line.kind == "consulting":
        return steps[2] if len(steps) > 3 else ""
    return steps[2] if len(steps) > 2 else ""


def _hours(engagement: Engagement, units: Iterable[Unit]) -> Hours:
    """Sums by state; reserved hours that nothing has used are free."""
    sums = dict.fromkeys(("planned", "recorded", "waits", "disputed", "confirmed", "paid"), 0)
    for unit in units:
        if unit.milestone is None:
            sums[unit.state] += unit.hours_centi
    done = sums["recorded"] + sums["waits"] + sums["disputed"] + sums["confirmed"]
    reserved = sum(
        row.weekly_centi * ((row.last_monday - row.first_monday).days // 7 + 1)
        for row in Retainer.objects.filter(engagement=engagement)
    )
    used = sums["paid"] + done + sums["planned"]
    return Hours(sums["paid"], done, sums["planned"], max(0, reserved - used))


def _payouts(names: Mapping[str, str], units: Iterable[Unit], lines: Iterable[PayoutLine]) -> list[Payout]:
    """By month, the latest first; `names` by handle."""
    hours = {unit.reference: unit.hours_centi for unit in units}
    months: dict[str, list[PayoutLine]] = {}
    for line in lines:
        months.setdefault(line.month, []).append(line)
    found = []
    for month, own in months.items():
        parts: dict[str, int] = {}
        for line in own:
            if line.kind == "consulting":
                parts[line.payee] = parts.get(line.payee, 0) + line.amount_micro
        pool = sum(line.amount_micro for line in own if line.kind != "consulting")
        counted = sum(hours.get(unit, 0) for unit in {_unit_of(line) for line in own})
        found.append(
            Payout(
                month,
                own[0].run.occurred_on,
                tuple((names.get(handle, handle), amount) for handle, amount in sorted(parts.items())),
                pool,
                counted,
            )
        )
    return found
