"""A running engagement with everything that a room shows: hours agreed, sessions in each state, files, words, money."""

import io
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from PIL import Image, ImageDraw

from consulting.models import Deliverable, Engagement, Invoice, Session
from consulting.rules.billing import hourly_line
from consulting.services import acceptances, bookings, invoices, refunds, retainers, rooms, sessions
from consulting.services.files import Sent
from expertgroup.demo.cast import CLIENT_CONTACT, FOUNDERS, Person
from expertgroup.demo.orders import (
    MICRO,
    Visit,
    ago,
    book_and_pay,
    confirm,
    free_time,
    month_before,
    pay,
    treasurer,
    user,
)
from expertgroup.demo.people import member
from expertgroup.demo.script import ZONE, Script

VISIT = Visit(
    CLIENT_CONTACT,
    "marek",
    120,
    "Walk through the fixes\n\nWe change the withdrawals until then and want to go through the result with you.",
)
MAREK = next(person for person in FOUNDERS if person.handle == VISIT.expert)
WEEKLY_CENTI, WEEKS = 200, 12
THREAT_MODEL = b"""# Threat model of the vault

1. A depositor who empties the vault by rounding.
2. An operator whose key is gone.
3. An oracle that is late by an hour.

Not looked at: the bridge, which is not ours.
"""
NOTES = b"""withdraw(assets)
  shares = assets * supply / total   rounds down: one wei for nothing
  expected: rounds up, against whoever withdraws
  test: 10,000 random deposits, the vault never owes more than it has
"""


@dataclass(frozen=True)
class Worked:
    """A session of the story."""

    reference: str
    title: str
    hours_centi: int
    held_on: date
    accepted_after: int | None


def write(script: Script) -> None:
    """Booked in the month before last; paid work then, confirmed work last month, an answer that is awaited today."""
    first, last = month_before(script.today, 2), month_before(script.today, 1)
    booked = script.at(first + timedelta(days=1), "15:00")
    book_and_pay(script, booked, VISIT, script.at(first + timedelta(days=52), "00:00"))
    script.add(booked + timedelta(hours=1), confirm, visit=VISIT)
    script.add(script.at(first + timedelta(days=2), "10:00"), _reserve)
    script.add(script.at(first + timedelta(days=2), "18:00"), _promise, today=script.today)
    # The fixes are not ready: the booked time moves behind next Monday, on which Marek is away.
    monday = script.now.date() + timedelta(days=8 - script.now.isoweekday())
    later = script.at(monday + timedelta(days=1), "00:00")
    script.add(script.at(first + timedelta(days=47), "16:20"), _move, not_before=later)
    for worked in _history(script, first, last):
        script.add(script.at(worked.held_on, "19:10"), _deliver, worked=worked)
        if worked.accepted_after is not None:
            answered = worked.held_on + timedelta(days=worked.accepted_after)
            script.add(script.at(answered, "16:05"), _accept, reference=worked.reference)
    _money(script, first, last)
    _deliverables(script, first, last)
    _words(script)


def _history(script: Script, first: date, last: date) -> list[Worked]:
    """One session a week, so that the limit of hours holds on whatever day the demo is built."""

    def worked(number: int, title: str, hours_centi: int, day: date, accepted_after: int | None = 2) -> Worked:
        return Worked(f"S-vault-{number}", title, hours_centi, day, accepted_after)

    return [
        worked(1, "Kick-off", 300, first + timedelta(days=3)),
        worked(2, "Threat model", 250, first + timedelta(days=10)),
        worked(3, "Accounting invariants", 300, first + timedelta(days=17)),
        worked(4, "Oracle and liquidation paths", 300, last + timedelta(days=8)),
        worked(5, "Report part 1, discussion", 250, last + timedelta(days=15)),
        worked(6, "Access control", 200, script.today - timedelta(days=4), 1),
        worked(7, "Rounding in withdraw()", 150, script.today - timedelta(days=1), None),
    ]


def engagement() -> Engagement:
    """The room's engagement, which the booking opened."""
    found = VISIT.booking.engagement
    assert found is not None
    return found


def _reserve(at: datetime) -> None:
    """24 hours are agreed: two a week are kept free."""
    day = at.astimezone(ZONE).date()
    retainers.reserve(
        engagement=engagement(),
        member=member(VISIT.expert),
        weekly_centi=WEEKLY_CENTI,
        first_monday=day + timedelta(days=-day.weekday() % 7),
        weeks=WEEKS,
        by=treasurer(),
        at=at,
    )


def _move(at: datetime, not_before: datetime) -> None:
    starts_at = free_time(VISIT, not_before, at)
    bookings.move(booking=VISIT.booking, starts_at=starts_at, by=user(CLIENT_CONTACT), clock=lambda: at)


def _deliver(at: datetime, worked: Worked) -> None:
    sessions.deliver(
        engagement=engagement(),
        member=member(VISIT.expert),
        held_on=worked.held_on,
        hours_centi=worked.hours_centi,
        title=worked.title,
        reference=worked.reference,
        by=member(VISIT.expert),
        at=at,
    )


def _accept(at: datetime, reference: str) -> None:
    acceptances.accept(
        engagement=engagement(),
        accepted_on=at.astimezone(ZONE).date(),
        units=[reference],
        by=user(CLIENT_CONTACT),
        at=at,
    )


def _money(script: Script, first: date, last: date) -> None:
    """An invoice that is paid, one that is paid with too much, and half an hour that goes back."""
    script.add(
        script.at(first + timedelta(days=27), "10:30"), _invoice, references=("S-vault-1", "S-vault-2", "S-vault-3")
    )
    script.add(script.at(first + timedelta(days=34), "11:20"), _pay, first="S-vault-1", more_u=0)
    script.add(script.at(last + timedelta(days=20), "10:30"), _invoice, references=("S-vault-4", "S-vault-5"))
    script.add(script.at(last + timedelta(days=24), "11:20"), _pay, first="S-vault-4", more_u=60)
    script.add(ago(script, 2, "14:45"), _refund)


def _invoice(at: datetime, references: tuple[str, ...]) -> None:
    rows = Session.objects.filter(reference__in=references).order_by("reference")
    invoices.issue(
        engagement=engagement(),
        lines=[hourly_line(row.title, row.hours_centi, row.rate_micro or 0) for row in rows],
        due_at=at + timedelta(days=14),
        language="en",
        purpose=f"Vault contract review, sessions from {rows[0].held_on.isoformat()}",
        by=treasurer(),
        at=at,
    )


def _pay(at: datetime, first: str, more_u: int) -> None:
    """The invoice whose first line is a session, and perhaps some U more than it asks for."""
    title = Session.objects.get(reference=first).title
    invoice = Invoice.objects.get(engagement=engagement(), lines__0__text=title)
    pay(at, invoice, invoice.total_micro + more_u * MICRO)


def _refund(at: datetime) -> None:
    refunds.refund(
        engagement=engagement(),
        unit="S-vault-5",
        amount_micro=80 * MICRO,
        reason="Half an hour went into our own tools",
        by=treasurer(),
        at=at,
    )


def _promise(at: datetime, today: date) -> None:
    opened = at.astimezone(ZONE).date()
    for title, note, due_on in (
        ("Threat model", "Markdown", opened + timedelta(days=10)),
        ("Review report, part 1", "7 findings, 1 high", month_before(today, 1) + timedelta(days=18)),
        ("Review report, part 2", "", today + timedelta(days=7)),
        ("Check of the fixes", "", today + timedelta(days=14)),
    ):
        rooms.promise(engagement=engagement(), title=title, note=note, due_on=due_on, by=user(MAREK), at=at)


def _deliverables(script: Script, first: date, last: date) -> None:
    model = Sent("threat-model.md", THREAT_MODEL)
    script.add(script.at(first + timedelta(days=11), "17:00"), _hand_over, title="Threat model", files=(model,))
    script.add(script.at(first + timedelta(days=13), "12:00"), _take, title="Threat model")
    report = "https://docs.example/harbor/vault-review-1"
    script.add(script.at(last + timedelta(days=14), "17:00"), _hand_over, title="Review report, part 1", link=report)
    script.add(script.at(last + timedelta(days=18), "12:00"), _take, title="Review report, part 1")


def _deliverable(title: str) -> Deliverable:
    return Deliverable.objects.select_related("engagement__client").get(engagement=engagement(), title=title)


def _hand_over(at: datetime, title: str, link: str = "", files: tuple[Sent, ...] = ()) -> None:
    rooms.hand_over(deliverable=_deliverable(title), link=link, files=files, by=user(MAREK), at=at)


def _take(at: datetime, title: str) -> None:
    rooms.take(deliverable=_deliverable(title), by=user(CLIENT_CONTACT), at=at)


def _words(script: Script) -> None:
    """The agenda of the next session, and what both sides wrote about the last one."""
    for days, clock, who, text in (
        (9, "10:05", CLIENT_CONTACT, "Who may pause the vault, and for how long?"),
        (3, "18:30", CLIENT_CONTACT, "Which of the findings must be closed before the launch?"),
        (1, "19:30", MAREK, "Go through the test of the rounding together"),
    ):
        script.add(ago(script, days, clock), _plan, who=who, text=text)
    script.add(ago(script, 4, "19:00"), _tick, text="Who may pause the vault, and for how long?")
    for days, clock, who, body, files in (
        (4, "20:10", MAREK, "The roles as I understood them today. Please say where I am wrong.", (_picture,)),
        (3, "09:40", CLIENT_CONTACT, "That is right. The operator's key will be two of three from Monday on.", ()),
        (1, "19:25", MAREK, "My notes on the rounding, with the test that fails.", (_notes,)),
        (1, "21:50", CLIENT_CONTACT, "Thank you. We fix it this week and show you the result in our session.", ()),
    ):
        script.add(ago(script, days, clock), _write, who=who, body=body, files=tuple(make() for make in files))


def _plan(at: datetime, who: Person, text: str) -> None:
    rooms.plan(engagement=engagement(), text=text, by=user(who), at=at)


def _tick(at: datetime, text: str) -> None:
    rooms.tick(item=engagement().agenda.get(text=text), by=user(MAREK), at=at)


def _write(at: datetime, who: Person, body: str, files: tuple[Sent, ...]) -> None:
    rooms.write(engagement=engagement(), body=body, files=files, by=user(who), at=at)


def _notes() -> Sent:
    return Sent("rounding-notes.txt", NOTES)


def _picture() -> Sent:
    """Three boxes with arrows: who may do what."""
    image = Image.new("RGB", (480, 160), "white")
    draw = ImageDraw.Draw(image)
    for place, words in enumerate(("operator", "vault", "depositor")):
        left = 20 + 160 * place
        draw.rectangle((left, 50, left + 120, 110), outline="black", width=2)
        draw.text((left + 30, 74), words, fill="black")
    for left in (140, 300):
        draw.line((left, 80, left + 40, 80), fill="black", width=2)
    kept = io.BytesIO()
    image.save(kept, "PNG")
    return Sent("roles.png", kept.getvalue())
