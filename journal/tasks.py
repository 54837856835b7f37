"""What the worker does; each task is safe to run at any time, any number of times."""

import logging

from celery import shared_task

from journal.clock import database_clock
from journal.registry import due_work
from journal.services import jobs, outbox, sealing

logger = logging.getLogger(__name__)


@shared_task(name="journal.tasks.seal")
def seal() -> None:
    """Seals waiting journal entries."""
    while sealing.seal() == 1000:
        pass


@shared_task(name="journal.tasks.sweep")
def sweep() -> None:
    """Does what is due and not done: registered due work first, then job rows."""
    for name, work in due_work.items():
        try:
            work(database_clock())
        except Exception:
            # One kind of due work that fails must not keep the others, or the jobs, from being done.
            logger.exception("due work %s failed", name)
    jobs.run_due()


@shared_task(name="journal.tasks.deliver")
def deliver() -> None:
    """Delivers outgoing messages."""
    outbox.deliver()
