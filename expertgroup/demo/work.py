"""Budgets, hours, paid engagements and the months' runs."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from accounts.models import User
from consulting.models import Engagement
from consulting.services import acceptances, engagements
from expertgroup.demo.cast import CLIENT_CONTACT, CLIENTS, DEPUTY, JOBS, LEADERS, TREASURER, WORK, Job
from expertgroup.demo.people import leader, member
from expertgroup.demo.script import FIRST_MONTH, ZONE, Script
from journal.services import jobs
from members.models import Member
from members.selectors.people import active_on
from treasury.models import Claim
from treasury.rules.claims import Work
from treasury.services import budgets, claims, clients, payouts

MICRO = 1_000_000
REFUSED = "The link shows another week. Send it again with the right one."
HOURS_PER_HEAD_CENTI = 6000
STIPENDS_U = 6000
# (days before today, who, hours in hundredths, which work): what waits for the leader.
WAITING = (
    (5, "marek", 800, 4),
    (4, "marek", 300, 6),
    (4, "chen", 950, 0),
    (3, "aisha", 1200, 3),
    (3, "aisha", 250, 9),
    (2, "tomas", 700, 10),
    (2, "sun", 1100, 5),
    (1, "elena", 150, 7),
    (1, "priya", 800, 1),
)


def write(script: Script) -> None:
    """Everything that concerns work and money, from the first grant to what waits today."""
    for place, quarter in enumerate(script.quarters):
        # The first after the founding, the others from the first minute of their quarter on.
        moment = script.at(quarter.first_day(FIRST_MONTH), "00:00" if place else "10:00")
        heads = (6, 8, 9)[place]
        script.add(moment, _grant, quarter=str(quarter), heads=heads)
    _history_of_claims(script)
    for place, job in enumerate(JOBS):
        _engagement(script, job, f"E-{place + 1:02d}")
    for month in _months_to_run(script):
        script.add(script.at(_after(month) + timedelta(days=5), "09:45"), _run, month=month)
    for days, who, hours, work in WAITING:
        moment = script.now - timedelta(days=days, minutes=7 * work)
        script.add(moment, _wait, who=who, hours=hours, work=work)
    script.add(script.now - timedelta(hours=4), _draft)


def _treasurer() -> User:
    return User.objects.get(email=TREASURER.email)


def _grant(at: datetime, quarter: str, heads: int) -> None:
    budgets.grant(
        quarter=quarter,
        headcount=heads,
        hours_per_head_centi=HOURS_PER_HEAD_CENTI,
        pow_micro=heads * HOURS_PER_HEAD_CENTI * 60 * MICRO // 100,
        stipend_micro=STIPENDS_U * MICRO,
        by=_treasurer(),
        at=at,
    )


def _history_of_claims(script: Script) -> None:
    """Two or three claims a member and month, decided within days; one in fifteen is refused."""
    dice = random.Random(20261)  # noqa: S311 (the same history every time, no secret)
    days = range(3, (script.today - script.first_day).days)
    for number in range(len(days) * 9 // 10):
        past = PastClaim(
            worked_on=script.day(dice.choice(days)),
            hours_centi=dice.choice((150, 200, 300, 400, 450, 600, 800)),
            work=dice.randrange(len(WORK)),
            member=dice.random(),
            refused=dice.random() < 1 / 15,
            link=100 + number,
        )
        clock = f"{dice.randrange(10, 22)}:{dice.randrange(60):02d}"
        sent = script.at(past.worked_on + timedelta(days=dice.randrange(3)), clock)
        decided = sent + timedelta(hours=20 + number % 30)
        # What would still wait today is left out: WAITING says what does.
        if decided <= script.now:
            script.add(sent, past.send)
            script.add(decided, past.decide)


@dataclass
class PastClaim:
    """A claim of the history: who worked is drawn among the members of that day (`member` in [0, 1))."""

    worked_on: date
    hours_centi: int
    work: int
    member: float
    refused: bool
    link: int
    claim: Claim | None = None

    def send(self, at: datetime) -> None:
        """Logs and sends it."""
        there = list(active_on(self.worked_on))
        who = there[int(self.member * len(there))]
        self.claim = _send(who, at, self.hours_centi, self.work, self.link, worked=self.worked_on)

    def decide(self, at: datetime) -> None:
        """The leader decides it, the deputy the leader's own."""
        assert self.claim is not None
        head = leader(at)
        by = head if self.claim.member != head else member(DEPUTY if head.handle != DEPUTY else LEADERS[2])
        if self.refused:
            claims.refuse(claim=self.claim, reason=REFUSED, by=by, at=at)
        else:
            claims.approve_many(claims=[self.claim.pk], by=by, at=at)


def _log(who: Member, at: datetime, hours: int, kind: int, number: int, *, worked: date | None = None) -> Claim:
    work = WORK[kind]
    return claims.log(
        work=Work(
            worked_on=worked or at.astimezone(ZONE).date(),
            hours_centi=hours,
            project=work.project,
            description=work.description,
            evidence_url=work.link.format(n=number),
        ),
        by=who,
        at=at,
    )


def _send(who: Member, at: datetime, hours: int, kind: int, number: int, *, worked: date | None = None) -> Claim:
    return claims.submit(claim=_log(who, at, hours, kind, number, worked=worked), by=who, at=at)


def _wait(at: datetime, who: str, hours: int, work: int) -> None:
    _send(member(who), at, hours, work, 700 + work)


def _draft(at: datetime) -> None:
    _log(member(LEADERS[-1]), at, 150, 8, 731)


def _engagement(script: Script, job: Job, reference: str) -> None:
    opened = script.day(job.opened_day)
    script.add(script.at(opened, "11:00"), _open, job=job, reference=reference)
    for place, hours in enumerate(job.hours):
        held = script.at(opened + timedelta(days=2 + 3 * place), "15:00")
        expert = job.experts[place % len(job.experts)]
        script.add(held, _session, job=job, reference=f"{reference}-S{place + 1}", hours=hours, expert=expert)
    if job.accepted_after is not None:
        script.add(script.at(opened + timedelta(days=job.accepted_after), "17:20"), _accept, reference=reference)


def _open(at: datetime, job: Job, reference: str) -> None:
    email = CLIENT_CONTACT.email if job.client == CLIENTS[0] else ""
    engagements.open_engagement(
        reference=reference,
        client=clients.client_named(name=job.client, email=email, at=at),
        title=job.title,
        pricing="hourly" if job.price_u is None else "fixed",
        price_micro=None if job.price_u is None else job.price_u * MICRO,
        opened_on=at.astimezone(ZONE).date(),
        by=_treasurer(),
        at=at,
    )


def _session(at: datetime, job: Job, reference: str, hours: str, expert: str) -> None:
    engagements.record_session(
        engagement=Engagement.objects.get(reference=reference.rsplit("-S")[0]),
        reference=reference,
        member=member(expert),
        held_on=at.astimezone(ZONE).date(),
        hours_centi=int(Decimal(hours) * 100),
        rate_micro=None if job.price_u is not None else job.rate_u * MICRO,
        by=_treasurer(),
        at=at,
    )


def _accept(at: datetime, reference: str) -> None:
    acceptances.accept(
        engagement=Engagement.objects.get(reference=reference),
        accepted_on=at.astimezone(ZONE).date(),
        by=_treasurer(),
        at=at,
    )


def _months_to_run(script: Script) -> Iterator[str]:
    """Every full month but the last one: that one stands ready to be run."""
    months: Sequence[date] = [
        date(year, month, 1)
        for year in range(script.first_day.year, script.today.year + 1)
        for month in range(1, 13)
        if script.first_day <= date(year, month, 1) < script.today.replace(day=1)
    ]
    return (f"{first:%Y-%m}" for first in months[:-1])


def _after(month: str) -> date:
    """The first day after a month."""
    return (date.fromisoformat(f"{month}-01") + timedelta(days=31)).replace(day=1)


def _run(at: datetime, month: str) -> None:
    payouts.start(month=month, by=_treasurer(), at=at)
    jobs.run_due(clock=lambda: at)
