"""`manage.py found_group`: the group with its founders, first leader, deputy and treasurer."""

import csv
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from charter import selectors as charter
from journal.refusals import Refusal
from members.services.groups import Founder, found

COLUMNS = ("handle", "name", "email", "builder_since")
BY = "system:founding"


class Command(BaseCommand):
    """Refuses a second group; nothing is written unless everything is right."""

    help = "Founds the group: charter edition 1, founders as members, first leader, deputy and treasurer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Names, people, days."""
        parser.add_argument("name", help="the group's name")
        parser.add_argument("--time-zone", help="an IANA zone; without it the one that the charter names")
        parser.add_argument(
            "--founder",
            action="append",
            default=[],
            metavar="HANDLE:NAME:EMAIL:BUILDER_SINCE",
            help="a founder; the last two may be empty; repeat for each",
        )
        parser.add_argument("--founders", type=Path, metavar="FILE.csv", help=f"founders with the columns {COLUMNS}")
        parser.add_argument("--leader", required=True, help="the first leader's handle")
        parser.add_argument("--deputy", default="", help="who decides the leader's own claims, a handle")
        parser.add_argument("--treasurer", required=True, metavar="EMAIL", help="who keeps the treasury")
        parser.add_argument("--founded-on", type=_day, help="YYYY-MM-DD; without it, today")

    def handle(self, *args: Any, **options: Any) -> None:
        """Founds, or says in one line what is wrong."""
        try:
            with transaction.atomic():
                self._found(options)
        except Refusal as refused:
            raise CommandError(f"{refused.field}: {refused}" if refused.field else str(refused)) from refused

    def _found(self, options: dict[str, Any]) -> None:
        founders = [founder(text) for text in options["founder"]]
        if options["founders"]:
            founders += list(_read(options["founders"]))
        at = timezone.now()
        group = found(
            name=options["name"],
            time_zone=options["time_zone"],
            founders=founders,
            leader=options["leader"],
            deputy=options["deputy"],
            treasurer_email=options["treasurer"],
            founded_on=options["founded_on"] or charter.today(at),
            by=BY,
            at=at,
        )
        self.stdout.write(
            ngettext(
                "%(name)s is founded with %(count)d member. The first sign-in is by a mailed link: %(url)s",
                "%(name)s is founded with %(count)d members. Their first sign-in is by a mailed link: %(url)s",
                len(founders),
            )
            % {
                "name": group.name,
                "count": len(founders),
                "url": settings.BASE_URL.rstrip("/") + reverse("account_reset_password"),
            }
        )


def founder(text: str) -> Founder:
    """`lin:Lin Wei:lin@example.org:2025-03-01`; CommandError with what is wrong."""
    parts = [part.strip() for part in text.split(":")]
    if not 2 <= len(parts) <= len(COLUMNS):
        raise CommandError(
            _("“%(text)s” is no founder. Write handle:name:email:builder_since; the last two may be empty.")
            % {"text": text}
        )
    handle, name, email, since = (*parts, "", "")[: len(COLUMNS)]
    return Founder(handle, name, email, _since(since, text))


def _read(path: Path) -> Iterator[Founder]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except OSError as wrong:
        raise CommandError(f"{path}: {wrong.strerror}") from wrong
    except (UnicodeDecodeError, csv.Error) as wrong:
        raise CommandError(f"{path}: {wrong}") from wrong
    for number, row in enumerate(rows, start=2):
        if set(row) != set(COLUMNS) or None in row.values():
            raise CommandError(
                _("%(file)s:%(line)d: the columns are %(columns)s")
                % {"file": path.name, "line": number, "columns": ",".join(COLUMNS)}
            )
        yield Founder(row["handle"], row["name"], row["email"], _since(row["builder_since"], f"{path.name}:{number}"))


def _since(text: str, place: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise CommandError(
            _("%(place)s: “%(text)s” is no day. Write it like 2025-03-01.") % {"place": place, "text": text}
        ) from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(_("“%(text)s” is no day. Write it like 2025-03-01.") % {"text": text}) from None
