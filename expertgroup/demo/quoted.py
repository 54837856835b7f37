"""Quotes in each state: asked, sent, accepted with milestones, and a retainer that keeps hours free week by week."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from consulting.models import Invoice, Milestone, Quote
from consulting.rules.quoting import Offer, Part
from consulting.services import acceptances, quotes, sessions
from expertgroup.demo.cast import CLIENT_CONTACT, Person
from expertgroup.demo.orders import DANIEL, MICRO, ORGANISATIONS, ago, pay, user
from expertgroup.demo.people import member
from expertgroup.demo.script import ZONE, Script


@dataclass(frozen=True)
class Request:
    """What a client asks an expert for; the need is also how the story finds the quote again."""

    who: Person
    expert: str
    need: str
    parts: tuple[tuple[str, str, int, int], ...] = ()
    title: str = ""
    scope: str = ""
    weights: dict[str, int] = field(default_factory=dict)
    weekly_centi: int | None = None
    weeks: int | None = None

    @property
    def quote(self) -> Quote:
        """What became of it."""
        return Quote.objects.select_related("engagement", "member").get(need=self.need)

    def offer(self, today: date) -> Offer:
        """What the expert writes; parts are (title, criteria, price in U, due so many days from today)."""
        kept = self.weekly_centi is not None
        return Offer(
            title=self.title,
            scope=self.scope,
            parts=[
                Part(title, price * MICRO, criteria, today + timedelta(days=days))
                for title, criteria, price, days in self.parts
            ],
            weights=self.weights,
            weekly_centi=self.weekly_centi,
            first_monday=today - timedelta(days=today.weekday()) if kept else None,
            weeks=self.weeks,
        )


SETTLEMENT = Request(
    CLIENT_CONTACT,
    "lin",
    "We move settlement to a chain of our own. Tell us whether the withdrawals can be forged or held back.",
    (
        ("Threats and assumptions", "A table of who could do what, agreed with our lead engineer", 1200, -20),
        ("Review of the withdrawals", "Every finding with a test that shows it", 2400, 1),
        ("Second look after the fixes", "Each finding closed or accepted in writing", 900, 25),
    ),
    "Settlement layer: review of the withdrawals",
    "The contracts for deposits and withdrawals at the commit that you name. Not the sequencer, not the bridge.",
    {"lin": 3, "tomas": 2},
)
ON_CALL = Request(
    CLIENT_CONTACT,
    "sun",
    "Somebody who knows our nodes and can be asked within the day, while we change the provider.",
    (
        ("First four weeks", "An answer within the day, a note each week", 1600, 14),
        ("Second four weeks", "As before, and a rehearsal for a lost key", 1600, 42),
    ),
    "On call while the nodes move",
    "Three hours a week for questions, reviews of changes and one rehearsal. Unused hours do not carry over.",
    {"sun": 1},
    300,
    8,
)
REPORT = Request(
    CLIENT_CONTACT,
    "aisha",
    "Our treasury report takes two days by hand every month. It should take an hour and be checkable.",
    (
        ("Index of all transfers", "The totals of three past months are met to the last unit", 1800, 21),
        ("Monthly report and handover", "Your team makes the fourth report without us", 1100, 42),
    ),
    "A treasury report that checks itself",
    "An index over your four addresses, a report from it, and a day with the two people who will keep it.",
    {"aisha": 1},
)
CIRCUIT = Request(
    CLIENT_CONTACT,
    "tomas",
    "A second pair of eyes on a circuit for membership proofs: about 400 constraints, written in Noir.",
)
BRIDGE = Request(
    DANIEL,
    "lin",
    "We want to know what our pause button may and may not do. Two contracts, one week, a written answer.",
)


def write(script: Script) -> None:
    """What was agreed weeks ago, what waits for the client, what waits for the experts."""
    _agreed(script, SETTLEMENT, 45)
    _agreed(script, ON_CALL, 16)
    _settlement(script)
    script.add(ago(script, 13, "11:00"), _pay, request=ON_CALL, number=1, of_total=(1, 1))
    script.add(ago(script, 5, "10:40"), _ask, request=REPORT)
    script.add(ago(script, 2, "15:30"), _send, request=REPORT, today=script.today)
    script.add(ago(script, 1, "17:10"), _ask, request=CIRCUIT)
    script.add(script.now - timedelta(hours=6), _ask, request=BRIDGE)


def _agreed(script: Script, request: Request, days: int) -> None:
    script.add(ago(script, days, "10:15"), _ask, request=request)
    script.add(ago(script, days - 1, "18:00"), _send, request=request, today=script.today)
    script.add(ago(script, days - 2, "09:30"), _accept, request=request)


def _settlement(script: Script) -> None:
    """The first milestone is accepted and paid, the second delivered and paid in part, the third open."""
    script.add(ago(script, 36, "11:00"), _pay, request=SETTLEMENT, number=1, of_total=(1, 1))
    script.add(ago(script, 15, "11:00"), _pay, request=SETTLEMENT, number=2, of_total=(5, 8))
    for days, expert, unit, hours, title in (
        (31, "lin", "M1", 300, "Threats, with your lead engineer"),
        (27, "tomas", "M1", 200, "Assumptions of the proof system"),
        (12, "lin", "M2", 300, "Withdrawals, contracts"),
        (6, "tomas", "M2", 350, "Withdrawals, circuits"),
    ):
        script.add(ago(script, days, "18:40"), _work, expert=expert, unit=unit, hours_centi=hours, title=title)
    script.add(ago(script, 21, "17:30"), _deliver, unit="M1")
    script.add(ago(script, 19, "10:10"), _take, unit="M1")
    script.add(ago(script, 2, "17:30"), _deliver, unit="M2")


def _ask(at: datetime, request: Request) -> None:
    quotes.ask(
        member=member(request.expert),
        name=request.who.name,
        email=request.who.email,
        organisation=ORGANISATIONS[request.who.email],
        need=request.need,
        language="en",
        by=user(request.who),
        at=at,
    )


def _send(at: datetime, request: Request, today: date) -> None:
    quotes.send(quote=request.quote, offer=request.offer(today), by=member(request.expert), at=at)


def _accept(at: datetime, request: Request) -> None:
    quotes.accept(quote=request.quote, name=request.who.name, silent=True, clock=lambda: at)


def _pay(at: datetime, request: Request, number: int, of_total: tuple[int, int]) -> None:
    """A part of the invoice of one milestone."""
    invoice = Invoice.objects.get(engagement=request.quote.engagement, purpose__endswith=f", M{number}")
    part, whole = of_total
    pay(at, invoice, invoice.total_micro * part // whole)


def _milestone(unit: str) -> Milestone:
    rows = Milestone.objects.select_related("engagement__client")
    return rows.get(engagement=SETTLEMENT.quote.engagement, reference=unit)


def _work(at: datetime, expert: str, unit: str, hours_centi: int, title: str) -> None:
    milestone = _milestone(unit)
    sessions.deliver(
        engagement=milestone.engagement,
        member=member(expert),
        held_on=at.astimezone(ZONE).date(),
        hours_centi=hours_centi,
        title=title,
        milestone=milestone,
        by=member(expert),
        at=at,
    )


def _deliver(at: datetime, unit: str) -> None:
    by = member(SETTLEMENT.expert).user
    assert by is not None
    sessions.deliver_milestone(milestone=_milestone(unit), by=by, at=at)


def _take(at: datetime, unit: str) -> None:
    acceptances.accept(
        engagement=_milestone(unit).engagement,
        accepted_on=at.astimezone(ZONE).date(),
        units=[unit],
        by=user(CLIENT_CONTACT),
        at=at,
    )
