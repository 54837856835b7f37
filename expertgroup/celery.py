"""The worker and its clock. The beat only pokes: the database says what is due, so a lost poke costs nothing."""

import os

from celery import Celery

# Imported for its transport alias, which settings name when there is no Redis.
import expertgroup.broker  # noqa: F401

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "expertgroup.settings")

app = Celery("expertgroup")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Also for the web server's threads, whose "current" app would otherwise be an unconfigured one.
app.set_default()


def _every(task: str, seconds: float) -> dict[str, object]:
    """One line of the schedule; a poke that found no worker in time is dropped, not piled up."""
    return {"task": task, "schedule": seconds, "options": {"expires": max(2 * seconds, 5.0), "ignore_result": True}}


app.conf.beat_schedule = {
    "seal": _every("journal.tasks.seal", 1.0),
    "sweep": _every("journal.tasks.sweep", 2.0),
    "deliver": _every("journal.tasks.deliver", 5.0),
}
# Without a file of its own: nothing is remembered between starts because nothing needs to be.
app.conf.beat_scheduler = "celery.beat:Scheduler"
