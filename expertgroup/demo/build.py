"""Builds the demo's group in an empty database."""

from datetime import datetime

from django.db import transaction

from expertgroup.demo import clients, decisions, offers, people, signing, work
from expertgroup.demo.cast import CANDIDATE, CLIENT_CONTACT, DEPUTY, FOUNDERS, INTERVIEWEE, LEADERS, TREASURER, Person
from expertgroup.demo.script import Script
from journal.models import Entry, Outbox
from journal.services import entries, sealing

VERB = "demo.built"


class NotEmpty(Exception):
    """The database already has a history: the demo is built into an empty one only."""


def build(now: datetime) -> None:
    """The whole history in the order of time, through the services, sealed. All or nothing."""
    if Entry.objects.exists():
        raise NotEmpty
    script = Script(now=now)
    with transaction.atomic():
        # The first entry is the marker that one-click sign-in demands; it also names who can be played.
        entries.append(actor=people.BY, verb=VERB, subject="group", data={"cast": _cast()}, at=now)
        people.write(script)
        work.write(script)
        offers.write(script)
        clients.write(script)
        signing.write(script)
        decisions.write(script)
        script.play()
        # Nobody reads the mails of a history that never was.
        Outbox.objects.all().delete()
    while sealing.seal():
        pass


def _cast() -> list[dict[str, str]]:
    by_handle = {person.handle: person for person in FOUNDERS}
    roles: list[tuple[str, Person]] = [
        ("leader", by_handle[LEADERS[-1]]),
        ("deputy", by_handle[DEPUTY]),
        ("member", by_handle["tomas"]),
        ("candidate", CANDIDATE),
        ("applicant", INTERVIEWEE),
        ("client", CLIENT_CONTACT),
        ("treasurer", TREASURER),
    ]
    return [{"key": role, "role": role, "email": person.email, "name": person.name} for role, person in roles]
