"""What waits for a person, from ballots to an unsent draft; as many queries for 300 rows as for 1."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby

from django.db.models import Count, Min, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from charter import selectors as charter
from charter.rules import thresholds
from charter.rules.terms import Timeline
from consulting.models import Deliverable, Session
from consulting.rules.bookings import begins_at, confirm_until
from consulting.selectors import billing, disputes, payments, quotes
from consulting.selectors import bookings as booked
from consulting.selectors import waiting as rooms
from consulting.selectors.waiting import Answer
from expertgroup.navigation import address
from expertgroup.templatetags.parts import seats_label
from journal import writing
from members.models import Member
from members.selectors import applications, people
from members.selectors.applications import State
from proposals.selectors import waiting
from proposals.selectors.waiting import Kind
from treasury.models import Claim, PayoutRun
from treasury.rules.worth import written
from treasury.selectors.pages.budgets import rate_on
from treasury.selectors.pages.readers import Reader

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Todo:
    """One thing to do; `closes_at` says until when, if there is an end."""

    icon: str
    kind: str
    title: str
    url: str
    action: str
    why: str = ""
    clause: str = ""
    closes_at: datetime | None = None
    votes: Sequence[str] = ()
    primary: bool = False


@dataclass(frozen=True)
class Day:
    """A day, or the days that come, with what is to be done then."""

    title: str
    note: str
    todos: tuple[Todo, ...]


@dataclass(frozen=True)
class Agenda:
    """Everything that waits for one person, what closes first in front."""

    days: tuple[Day, ...]
    count: int
    first: Todo | None


def agenda(user: User, at: datetime) -> Agenda:
    """What waits for a user at a moment."""
    timeline = charter.timeline()
    today = timeline.day_of(at)
    roles, member = people.roles_on(user, today), people.member_of(user)
    found = list(_of_roles(user, member, roles, at, timeline))
    zone = timeline.terms_on(today).time_zone
    found.sort(key=lambda todo: (todo.closes_at is None, todo.closes_at or at))
    first = found[0] if found else None
    # Only the first thing that closes today is drawn as the one to press.
    if first is not None and first.closes_at is not None and first.closes_at.astimezone(zone).date() == today:
        found[0] = first = replace(first, primary=True)
    placed = [(_place(todo, today, zone), todo) for todo in found]
    days = tuple(
        Day(title, note, tuple(todo for _spot, todo in group))
        for (_order, title, note), group in groupby(placed, key=lambda item: item[0])
    )
    return Agenda(days, len(found), first)


def _of_roles(
    user: User, member: Member | None, roles: frozenset[str], at: datetime, timeline: Timeline
) -> Iterator[Todo]:
    if member is not None and "member" in roles:
        yield from _votes(member, at)
        yield from _bookings(user, timeline)
        yield from _requests(user)
        yield from _claims(member, at, timeline)
        yield from _own_claims(member)
    yield from _answers(user, timeline)
    yield from _own_work(user, at, timeline)
    yield from _bills(user, at)
    yield from _disputes(user, keeper=bool(roles & {"leader", "treasurer"}))
    if "leader" in roles:
        yield from _applications(at)
    if "treasurer" in roles:
        yield from _month(timeline.day_of(at))
        yield from _payments()
    if "member" not in roles:
        yield from _own_application(user)


def _votes(member: Member, at: datetime) -> Iterator[Todo]:
    """Ballots to cast; for the leader also rounds to go on with."""
    kinds = {
        Kind.VOTE: (_("Ballot"), _("Vote"), _("Passes only if every member is in favour."), "join.2.4"),
        Kind.OBJECTED: (
            _("Objection"),
            _("Read the objection"),
            _("Nothing passes while it stands. You may open the next round."),
            "join.2.4",
        ),
        Kind.NEXT_ROUND: (
            _("Proposal"),
            _("Look at it"),
            _("The round has ended without passing. You may open the next one."),
            "join.2.4",
        ),
        Kind.STAND: (
            _("Election"),
            _("Stand as candidate"),
            _("Nobody stands yet, and without candidates the vote does not open."),
            "daily.1",
        ),
        Kind.READY: (
            _("Application"),
            _("Look at it"),
            _("Nothing is missing: the admission proposal can open."),
            "join.2.3",
        ),
    }
    for item in waiting.for_member(member, at):
        kind, action, why, clause = kinds[item.kind]
        if item.kind == Kind.VOTE and item.row is not None and not thresholds.parse(item.row.held.rule).unanimous:
            why, clause = _("A missing vote never counts as yes."), ""
        if item.kind == Kind.VOTE and item.row is not None and item.row.held.candidates:
            why, clause = _("Without votes nobody is elected."), "daily.1"
        if item.votes:
            label = item.row.label if item.row is not None else ""
            why = _("%(votes)s. %(why)s") % {"votes": label or seats_label(item.votes), "why": why}
        title = item.title
        if item.row is not None and item.row.held.number > 1:
            title = _("%(title)s, round %(number)d") % {"title": title, "number": item.row.held.number}
        if item.proposal is not None:
            url = reverse("proposals:detail", args=[item.proposal.number])
        else:
            assert item.application is not None
            url = reverse("members:application", args=[item.application.pk])
        yield Todo(
            icon="vote" if item.kind != Kind.READY else "people",
            kind=kind,
            title=title,
            url=url,
            action=action,
            why=why,
            clause=clause,
            closes_at=item.closes_at,
            votes=item.votes,
        )


def _bookings(user: User, timeline: Timeline) -> Iterator[Todo]:
    """Paid bookings that the expert confirms or declines."""
    for booking in booked.unanswered(user)[:5]:
        begins = begins_at(booking).astimezone(timeline.terms_on(timeline.day_of(begins_at(booking))).time_zone)
        assert booking.client is not None
        words = {"client": booking.client.name, "time": writing.moment(begins, now=begins, shape="year")}
        why = _("Without an answer the client gets everything back.")
        title = _("%(client)s booked %(time)s") % words
        url, until = reverse("consulting:bookings"), confirm_until(booking)
        yield Todo("cal", _("Booking"), title, url, _("Confirm or decline"), why, "income.2.2", until)


def _requests(user: User) -> Iterator[Todo]:
    """Requests for a quote that wait for the expert's offer."""
    for quote in quotes.to_write(user)[:5]:
        title = _("%(client)s asks for a quote") % {"client": quote.organisation or quote.name}
        yield Todo(
            "deal", _("Quote"), title, reverse("consulting:write-quote", args=[quote.number]), _("Write the offer")
        )


def _bills(user: User, at: datetime) -> Iterator[Todo]:
    """A client's offers to answer and invoices to pay; one that is overdue has no end to come."""
    for quote in quotes.to_answer(user, at)[:5]:
        url = reverse("consulting:quote", args=[quote.token])
        yield Todo("deal", _("Quote"), quote.title, url, _("Read the offer"), closes_at=quote.valid_until)
    for invoice, rest in billing.to_pay(user, 5):
        words = {"number": invoice.number, "amount": writing.money(rest)}
        title, url = _("Invoice %(number)s: %(amount)s U") % words, reverse("consulting:invoice", args=[invoice.token])
        until = invoice.due_at if invoice.due_at > at else None
        yield Todo("pool", _("Invoice"), title, url, _("Pay it"), closes_at=until)


def _disputes(user: User, *, keeper: bool) -> Iterator[Todo]:
    """Disputes that this person can end or has to look after; what is held stands still meanwhile."""
    for dispute in disputes.open_for(user, keeper=keeper)[:5]:
        url = reverse("consulting:dispute", args=[dispute.engagement.reference])
        yield Todo("deal", _("Dispute"), dispute.engagement.title, url, _("See both sides"))


def _claims(member: Member, at: datetime, timeline: Timeline) -> Iterator[Todo]:
    """Claims that wait for this person's decision, as one thing."""
    mine = Reader(member, inside=True, deciders=people.deciders_on(timeline.day_of(at))).mine
    by_day = list(
        Claim.objects.filter(mine, status=Claim.Status.PENDING)
        .order_by()
        .values("worked_on")
        .annotate(count=Count("pk"), hours=Sum("hours_centi"), oldest=Min("submitted_at"))
    )
    if not by_day:
        return
    count, hours = (sum(row[name] for row in by_day) for name in ("count", "hours"))
    # Hundredths of an hour times micro-units an hour: 10**-8 U, as the budget counts.
    value = sum(row["hours"] * rate_on(row["worked_on"], timeline) for row in by_day)
    oldest = min((row["oldest"] for row in by_day if row["oldest"]), default=at)
    title = ngettext("%(count)d claim to approve, %(hours)s", "%(count)d claims to approve, %(hours)s", count)
    words = {"count": count, "hours": writing.hours(hours)}
    days = (at - oldest).days
    why = ngettext(
        "%(value)s in total. The oldest waits for %(days)d day.",
        "%(value)s in total. The oldest waits for %(days)d days.",
        days,
    ) % {"days": days, "value": written(value)}
    yield Todo("hours", _("Claims"), title % words, address("claims:list"), _("Review"), why, "income.1.2.3")


def _own_claims(member: Member) -> Iterator[Todo]:
    """Hours that were logged and not sent."""
    found = Claim.objects.filter(member=member, status=Claim.Status.DRAFT).aggregate(
        count=Count("pk"), hours=Sum("hours_centi")
    )
    if found["count"]:
        words = {"count": found["count"], "hours": writing.hours(found["hours"])}
        title = ngettext(
            "%(count)d claim of yours is not sent, %(hours)s",
            "%(count)d claims of yours are not sent, %(hours)s",
            found["count"],
        )
        why = _("Nobody sees a draft. Send it to have the hours counted.")
        yield Todo("hours", _("Drafts"), title % words, address("claims:list"), _("Send"), why)


def _answers(user: User, timeline: Timeline) -> Iterator[Todo]:
    """What a client is asked about: sessions, milestones, deliverables; many of one kind become one line."""
    found = rooms.answers(user, timeline)
    if len(found) > 3:
        title = ngettext("%(count)d delivery waits for you", "%(count)d deliveries wait for you", len(found))
        ends = [end for answer in found if (end := _end_of(answer.until, timeline))]
        yield Todo(
            "deal",
            _("Engagements"),
            title % {"count": len(found)},
            reverse("consulting:engagements"),
            _("Look at them"),
            clause="income.2.1",
            closes_at=min(ends, default=None),
        )
    else:
        for answer in found:
            yield _answer(answer, timeline)
    for row in rooms.to_take(user)[:3]:
        title = _("Delivered: %(title)s") % {"title": row.title}
        yield Todo("deal", _("Deliverable"), title, _room(row.engagement.reference), _("Look at it"))


def _answer(answer: Answer, timeline: Timeline) -> Todo:
    row = answer.row
    if isinstance(row, Session):
        words = {
            "hours": writing.hours(row.hours_centi),
            "name": row.member.name,
            "day": writing.day(row.held_on),
            "title": row.title or row.reference,
        }
        kind, title = _("Session"), _("Confirm %(hours)s: %(title)s") % words
        why = _("%(name)s recorded it for %(day)s.") % words
    else:
        kind, title, why = _("Milestone"), _("Confirm: %(title)s") % {"title": row.title}, ""
    if answer.until is None:
        why = " ".join(filter(None, (why, _("Silence does not count as an answer."))))
    else:
        why = " ".join(filter(None, (why, _("Without an answer it counts as confirmed."))))
    url, end = _room(row.engagement.reference), _end_of(answer.until, timeline)
    return Todo("deal", kind, title, url, _("Look at it"), why, "income.2.1", end)


def _own_work(user: User, at: datetime, timeline: Timeline) -> Iterator[Todo]:
    """An expert's timer that runs, and what was promised for the days that come."""
    for timer in rooms.timers(user):
        words = {"title": timer.engagement.title, "span": writing.span(at - timer.started_at)}
        title = _("Your timer runs: %(title)s") % words
        why = _("For %(span)s now. Stop it to record the session.") % words
        yield Todo(
            "hours", _("Timer"), title, f"{_room(timer.engagement.reference)}#tim", _("Stop it"), why, "income.2.2"
        )
    for row in rooms.due(user, timeline.day_of(at))[:5]:
        yield _due(row, timeline)


def _due(row: Deliverable, timeline: Timeline) -> Todo:
    words = {"title": row.title, "engagement": row.engagement.title}
    why = _("Promised to the client of %(engagement)s.") % words
    url = f"{_room(row.engagement.reference)}#del"
    return Todo("deal", _("Deliverable"), row.title, url, _("Deliver it"), why, closes_at=_end_of(row.due_on, timeline))


def _room(reference: str) -> str:
    return reverse("consulting:engagement", args=[reference])


def _end_of(day: date | None, timeline: Timeline) -> datetime | None:
    """The end of a day in the group's zone."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1), time(), timeline.terms_on(day).time_zone) - timedelta(minutes=1)


def _applications(at: datetime) -> Iterator[Todo]:
    """Applications that lack something which the leader does; ready ones come with the proposals."""
    rows = [row for row in applications.listed(at) if row.state in (State.SUBMITTED, State.INTERVIEWED) and row.missing]
    if len(rows) > 3:
        title = ngettext("%(count)d application waits", "%(count)d applications wait", len(rows)) % {"count": len(rows)}
        url = reverse("members:applications")
        yield Todo("people", _("Applications"), title, url, _("Look at them"), clause="join.2")
        return
    for row in rows:
        title = _("%(name)s applies to join") % {"name": row.application.name}
        url = reverse("members:application", args=[row.application.pk])
        why = " ".join(str(refused) for refused in row.missing)
        yield Todo("people", _("Application"), title, url, _("Look at it"), why, "join.2")


def _month(today: date) -> Iterator[Todo]:
    """The last whole month, if its run has not been completed."""
    last = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    month = f"{last:%Y-%m}"
    if charter.group().founded_on > last.replace(day=28) or PayoutRun.objects.filter(
        month=month, completed_at__isnull=False
    ):
        return
    title = _("%(month)s is ready to run") % {"month": writing.day(last, shape="month")}
    why = _("Look at its lines first; the run posts them and begins their public notice.")
    url = address("treasury:month", month)
    yield Todo("pool", _("Month"), title, url, _("Look at the month"), why, "income.1.2")


def _payments() -> Iterator[Todo]:
    """Payments that nobody could be found for, as one thing."""
    count = payments.waiting().count()
    if count:
        title = ngettext("%(count)d payment to decide", "%(count)d payments to decide", count) % {"count": count}
        why = _("It arrived and could not be matched: nobody is credited before you say whose it is.")
        yield Todo("pool", _("Payment"), title, reverse("consulting:payments"), _("Decide"), why)


def _own_application(user: User) -> Iterator[Todo]:
    """An application that was begun and not sent."""
    found = applications.open_of(user)
    if found is not None and found.submitted_at is None:
        why = _("It is saved. You can go on where you were.")
        title = _("Your application is not sent yet")
        yield Todo("vote", _("Draft"), title, reverse("members:apply"), _("Go on"), why, "join.2.1")


def _place(todo: Todo, today: date, zone: object) -> tuple[int, str, str]:
    """(order, title, note) of the part of the agenda a thing belongs to."""
    if todo.closes_at is None:
        return (4, _("Any time"), _("no deadline"))
    day = todo.closes_at.astimezone(zone).date()  # type: ignore[arg-type]
    plain = writing.day(day, shape="day")
    sunday = today + timedelta(days=6 - today.weekday())
    if day <= today:
        return (0, _("Today"), writing.day(today, shape="day"))
    if day == today + timedelta(days=1):
        return (1, _("Tomorrow"), plain)
    if day <= sunday:
        return (2, _("This week"), "")
    if day <= sunday + WEEK:
        return (3, _("Next week"), "")
    return (3, _("Later"), "")
