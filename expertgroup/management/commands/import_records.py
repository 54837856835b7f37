"""`manage.py import_records DIR`: a whole history from CSV files, or what they add to it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from expertgroup.records.importing import GROUP, NoRecords, import_records
from expertgroup.records.problems import RecordsRefused
from expertgroup.records.tables import TABLES
from journal.clock import database_clock
from journal.refusals import Refusal


class Command(BaseCommand):
    help = "Reads the group's records from CSV files (docs/records.md): all of them, or nothing and every bad row."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The directory; name and zone of the group that is founded in an empty database."""
        parser.add_argument("directory", type=Path)
        parser.add_argument("--group", default=GROUP, help="name of the group, if there is none yet")
        parser.add_argument("--time-zone", default=None, help="its time zone, like Asia/Shanghai")
        parser.add_argument("--treasurer", default="", metavar="EMAIL", help="who keeps the treasury from today on")

    def handle(self, *args: Any, directory: Path, **options: Any) -> None:
        """One line a file; exit status 1 with one line for every bad cell."""
        try:
            imported = import_records(
                directory,
                at=database_clock(),
                group=options["group"],
                time_zone=options["time_zone"],
                treasurer=options["treasurer"],
            )
        except RecordsRefused as refused:
            for problem in refused.problems:
                self.stderr.write(str(problem))
            count = len({(problem.file, problem.line) for problem in refused.problems})
            raise CommandError(
                ngettext(
                    "Nothing was imported: %(count)s row cannot be taken.",
                    "Nothing was imported: %(count)s rows cannot be taken.",
                    count,
                )
                % {"count": count}
            ) from refused
        except NoRecords as nothing:
            files = ", ".join(table.file for table in TABLES)
            raise CommandError(
                _("%(directory)s has none of these files: %(files)s") % {"directory": directory, "files": files}
            ) from nothing
        except (OSError, Refusal) as failure:
            raise CommandError(str(failure)) from failure
        for part in imported:
            self.stdout.write(
                _("%(file)s: %(new)s new, %(changed)s changed")
                % {"file": part.file, "new": part.new, "changed": part.changed}
            )
