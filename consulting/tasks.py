"""What the worker does for consulting: reads the experts' busy calendars again."""

from datetime import datetime

from django.conf import settings

from consulting.selectors import chains
from consulting.services import bookings, feeds, holds, silence
from consulting.services.chain import watching
from consulting.services.chain.node import nodes
from journal.registry import Lease, due, job
from journal.services import jobs


@due(feeds.JOB)
def calendars_due(at: datetime) -> None:
    """One job a quarter of an hour, while there is a calendar to look at."""
    if feeds.due(at).exists():
        jobs.enqueue(kind=feeds.JOB, key=f"{feeds.period_of(at):%Y-%m-%dT%H:%MZ}", by="system:worker", at=at)


@job(feeds.JOB)
def read_calendars(lease: Lease) -> None:
    """One calendar after the other, each in half a minute at most: the lease is renewed in between."""
    done = 0
    while (feed := feeds.claim(clock=lease.clock)) is not None:
        feeds.read(feed=feed, clock=lease.clock)
        done += 1
        lease.progress(done=done)


@due("consulting.silent-accept")
def answer_for_the_silent(_at: datetime) -> None:
    """Reminders and acceptances by silence; the clock that decides is asked under each lock."""
    silence.answer_due()


@due("consulting.chain")
def look_at_the_chain(_at: datetime) -> None:
    """Looks for payments, if it is time and nobody else looks; without a chain or a node there is nothing to do."""
    chain, urls = chains.configured(), tuple(settings.CHAIN_RPC_URL)
    if chain is not None and urls:
        watching.watch(nodes=nodes(urls), chain=chain)


@due("consulting.bookings")
def bookings_due(_at: datetime) -> None:
    """Gives back holds that are over and bookings without an answer; ends what will not take place any more."""
    holds.release_due()
    bookings.decline_due()
    bookings.accept_kept()
    bookings.close_unpaid()
    bookings.end_closed()
