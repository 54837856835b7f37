"""`manage.py seat_leader HANDLE`: makes a member the leader, until there are elections."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from charter import selectors as charter
from journal import writing
from journal.refusals import Refusal
from members.models import Member
from members.refusals.people import UnknownHandle
from members.selectors.people import by_handle
from members.services.terms import seat_leader

BY = "system:command"


class Command(BaseCommand):
    """The group decided elsewhere; the reference of that decision is recorded."""

    help = "Seats a member as leader; an open term before it ends the day before."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who, when, who stands in, by which decision."""
        parser.add_argument("handle", help="the new leader")
        parser.add_argument("--from", dest="starts_on", type=_day, help="YYYY-MM-DD; without it, today")
        parser.add_argument("--until", dest="ends_on", type=_day, help="YYYY-MM-DD; without it, until the next")
        parser.add_argument("--deputy", default="", help="who decides the leader's own claims")
        parser.add_argument("--decision", default="command", help="reference of the decision, a link for instance")

    def handle(self, *args: Any, **options: Any) -> None:
        """Seats, or says in one line what is wrong."""
        at = timezone.now()
        try:
            charter.group()
            term = seat_leader(
                member=_member(options["handle"]),
                deputy=_member(options["deputy"]) if options["deputy"] else None,
                starts_on=options["starts_on"] or charter.today(at),
                ends_on=options["ends_on"],
                decided_by=options["decision"][:120],
                by=BY,
                at=at,
            )
        except Refusal as refused:
            raise CommandError(f"{refused.field}: {refused}" if refused.field else str(refused)) from refused
        words = {"handle": options["handle"], "day": writing.day(term.starts_on, shape="day_year")}
        self.stdout.write(_("%(handle)s leads from %(day)s on.") % words)


def _member(handle: str) -> Member:
    member = by_handle(handle)
    if member is None:
        raise UnknownHandle.of(handle)
    return member


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(_("“%(text)s” is no day. Write it like 2026-03-01.") % {"text": text}) from None
