"""An expert's busy calendars: listed by the expert, read again by the worker every quarter of an hour."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from charter.selectors import timeline
from consulting.models import BusyFeed, BusySpan
from consulting.models.offering import HORIZON_MOST
from consulting.refusals import TooManyRows
from consulting.refusals.feeds import CalendarListed
from consulting.rules import addresses
from consulting.rules.busy import Span
from consulting.services import fetching
from consulting.services.fetching import Unfetched
from consulting.services.profiles import owned
from journal.clock import Clock, database_clock
from journal.services import entries, jobs
from members.models import Member
from members.selectors.people import By, active_on, actor

JOB = "consulting.calendars"
PERIOD = timedelta(minutes=15)
# A server may say that nothing changed, but days come nearer: so often a calendar is read whole all the same.
WHOLE = timedelta(hours=12)
FEEDS_MOST = 5


def add(*, member: Member, address: str, by: By, at: datetime) -> BusyFeed:
    """Lists a calendar and has it read at once. The journal says that, not where it is: the address is a secret.

    Raises OwnOfferOnly, ProfileMissing, AddressUnreadable, AddressClosed, CalendarListed, TooManyRows.
    """
    url = str(addresses.place(address))
    with transaction.atomic():
        profile = owned(member, by, at)
        if profile.feeds.count() >= FEEDS_MOST:
            raise TooManyRows(field="address")
        feed, created = BusyFeed.objects.get_or_create(profile=profile, url=url, defaults={"added_at": at})
        if not created:
            raise CalendarListed
        _note(member, "calendar.add", feed, by, at)
        jobs.enqueue(kind=JOB, key=f"feed/{feed.pk}", by=actor(by), at=at)
    return feed


def remove(*, member: Member, pk: int, by: By, at: datetime) -> None:
    """Takes a calendar and its busy times away; one that is not there is gone. Raises OwnOfferOnly, ProfileMissing."""
    with transaction.atomic():
        for feed in owned(member, by, at).feeds.select_for_update().filter(pk=pk):
            _note(member, "calendar.remove", feed, by, at)
            feed.spans.all().delete()
            feed.delete()


def _note(member: Member, verb: str, feed: BusyFeed, by: By, at: datetime) -> None:
    entries.append(actor=actor(by), verb=verb, subject=f"profile/{member.handle}", data={"calendar": feed.pk}, at=at)


def period_of(at: datetime) -> datetime:
    """The beginning of the quarter of an hour: what was looked at before it is due."""
    return at - (at - datetime.min.replace(tzinfo=at.tzinfo)) % PERIOD


def due(at: datetime) -> QuerySet[BusyFeed]:
    """The calendars of members that nobody has looked at in this period."""
    members = active_on(timeline().day_of(at))
    waiting = Q(looked_at=None) | Q(looked_at__lt=period_of(at))
    return BusyFeed.objects.filter(waiting, profile__member__in=members)


def claim(*, clock: Clock = database_clock) -> BusyFeed | None:
    """The calendar that has waited longest, marked as looked at; None when all are. Nobody else gets the same one."""
    with transaction.atomic():
        at = clock()
        rows = due(at).select_for_update(skip_locked=True, of=("self",)).select_related("profile")
        feed = rows.order_by(F("looked_at").asc(nulls_first=True), "pk").first()
        if feed is not None:
            feed.looked_at = at
            feed.save(update_fields=["looked_at"])
    return feed


def read(*, feed: BusyFeed, clock: Clock = database_clock) -> None:
    """Gets a claimed calendar and keeps its busy times; if that fails the last known stay, and the row says why."""
    at = clock()
    first = datetime.combine(at.astimezone(UTC).date(), time(), UTC) - timedelta(days=1)
    fresh = feed.read_at is not None and at - feed.read_at < WHOLE and not feed.problem
    try:
        got = fetching.fetch(feed.url, feed.etag if fresh else "")
        spans = None
        if got.content is not None:
            spans = fetching.read(
                got.content,
                zone=feed.profile.time_zone,
                first=first,
                last=first + timedelta(days=HORIZON_MOST + 3),
                own=f"@{urlsplit(settings.BASE_URL).hostname}",
            )
    except Unfetched as failure:
        BusyFeed.objects.filter(pk=feed.pk).update(problem=failure.problem)
    else:
        store(feed=feed, spans=spans, etag=got.etag, at=at)


def store(*, feed: BusyFeed, spans: Sequence[Span] | None, etag: str, at: datetime) -> None:
    """Puts what was read in place of what was known; None leaves it. Nothing for a calendar that was removed since."""
    with transaction.atomic():
        found = BusyFeed.objects.select_for_update().filter(pk=feed.pk).first()
        if found is None:
            return
        found.problem = ""
        if spans is not None:
            _replace(found, spans)
            found.read_at, found.etag = at, etag
        found.save(update_fields=["problem", "read_at", "etag"])


def _replace(feed: BusyFeed, spans: Sequence[Span]) -> None:
    wanted = {(datetime.fromtimestamp(low, UTC), datetime.fromtimestamp(high, UTC)) for low, high in spans}
    known = {(row.during.lower, row.during.upper): row.pk for row in feed.spans.all()}
    feed.spans.filter(pk__in=[pk for during, pk in known.items() if during not in wanted]).delete()
    BusySpan.objects.bulk_create(BusySpan(feed=feed, during=during) for during in sorted(wanted - known.keys()))
