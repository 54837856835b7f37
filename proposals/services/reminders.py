"""Mails to who has not voted, 48 and 6 hours before a round ends: each once, none after the end (docs/motions.md)."""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import translation
from django.utils.translation import gettext as _

import charter.selectors
from accounts.services import mail
from journal import writing
from journal.clock import Clock, database_clock
from journal.models import Job
from journal.registry import channel
from journal.rules import utc_text
from journal.services import jobs, outbox
from members.models import Member
from members.selectors import people
from proposals.models import Ballot, Round, Seat
from proposals.rules import reminders as rules
from proposals.selectors.motions import timed, times_of
from proposals.services import locks
from proposals.services.notices import PAGE
from proposals.services.rounds import SYSTEM

REMIND = "proposals.remind"
KIND = "proposals.reminder"


def enqueue_due(*, at: datetime) -> int:
    """Makes the job of each reminder that is due and has none yet; how many. Two queries where nothing is new."""
    found = {
        _key(held, hours): held
        for held in _ending(at).select_related("proposal")
        if (hours := rules.due(times_of(held), at)) is not None
    }
    known = set(Job.objects.filter(kind=REMIND, key__in=found).values_list("key", flat=True))
    for key in found.keys() - known:
        jobs.enqueue(kind=REMIND, key=key, by=SYSTEM, at=at, params={"round": found[key].pk})
    return len(found) - len(known)


def _ending(at: datetime) -> QuerySet[Any]:
    rounds = timed(Round.objects.filter(outcome=None, opened_at__lte=at))
    return rounds.filter(ends_at__gt=at, ends_at__lte=at + timedelta(hours=max(rules.HOURS)))


def _key(held: Round, hours: int) -> str:
    """What makes a reminder one: the round, how long before, and which deadline."""
    return f"{held.proposal.number}/{held.number}/{hours}/{utc_text(times_of(held).deadline_at)}"


def send(*, round_id: int, key: str, clock: Clock = database_clock) -> int:
    """Promises the mails of one reminder if it is still the one that is due; how many."""
    with transaction.atomic():
        locks.hold_of_round(round_id)
        at = clock()
        held = _still(round_id, key, at)
        if held is None:
            return 0
        timeline = charter.selectors.timeline()
        today = timeline.day_of(at)
        zone = timeline.terms_on(today).time_zone
        members = people.active_on(today).filter(pk__in=_without_vote(held)).select_related("user").order_by("handle")
        return sum(_put(held, member, key, zone=zone, at=at) for member in members)


def _still(round_id: int, key: str, at: datetime) -> Round | None:
    """The round, if this is the reminder that is due of it: it runs, its deadline is the same, the later one waits."""
    held: Round | None = _ending(at).select_related("proposal").filter(pk=round_id).first()
    if held is None:
        return None
    hours = rules.due(times_of(held), at)
    return held if hours is not None and _key(held, hours) == key else None


def _without_vote(held: Round) -> Iterator[int]:
    """Members with a seat and without a vote; all of them in a hidden round: who is reminded would tell."""
    latest = Ballot.objects.filter(seat=OuterRef("pk")).order_by("-seq").values("choice")[:1]
    seats = Seat.objects.filter(round=held)
    if not held.hidden:
        seats = seats.annotate(choice=Subquery(latest)).filter(Q(choice=None) | Q(choice=Ballot.Choice.WITHDRAWN))
    return iter(seats.values_list("member", flat=True))


def _put(held: Round, member: Member, key: str, *, zone: tzinfo, at: datetime) -> bool:
    address = member.email or (member.user.email if member.user else "")
    if not address:
        return False
    with translation.override((member.user.language if member.user else "") or settings.LANGUAGE_CODE):
        subject, text = _words(held, zone=zone, at=at)
    key = f"{KIND}/{key}/{member.handle}"
    payload = {"to": address, "subject": " ".join(subject.split()), "text": text, "key": key, "round": held.pk}
    outbox.put(kind=KIND, key=key, payload=payload | {"sender": settings.DEFAULT_FROM_EMAIL}, at=at)
    return True


def _words(held: Round, *, zone: tzinfo, at: datetime) -> tuple[str, str]:
    words = {
        "title": held.proposal.title,
        "round": held.number,
        "deadline": writing.moment(times_of(held).deadline_at.astimezone(zone), now=at, shape="year"),
        "url": settings.BASE_URL + PAGE % held.proposal.number,
    }
    if held.hidden:
        return (
            _("A vote ends soon: %(title)s, round %(round)s") % words,
            _(
                "%(title)s\n\nRound %(round)s closes on %(deadline)s. Until then you can vote or change your vote. "
                "Everybody with a seat gets this mail, whether or not they have voted.\n\n%(url)s\n"
            )
            % words,
        )
    return (
        _("Your vote is missing: %(title)s, round %(round)s") % words,
        _(
            "%(title)s\n\nRound %(round)s closes on %(deadline)s, and you have not voted. A missing vote never "
            "counts as yes.\n\n%(url)s\n"
        )
        % words,
    )


@channel(KIND)
def deliver(payload: dict[str, Any]) -> None:
    """Hands a reminder to the mail server, unless its round has ended meanwhile, or has another reminder to send."""
    key = str(payload["key"]).removeprefix(f"{KIND}/").rpartition("/")[0]
    if _still(payload["round"], key, database_clock()) is not None:
        mail.send(payload)
