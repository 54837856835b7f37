"""`manage.py export_records DIR`: the group's records as seven CSV files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from expertgroup.records.exporting import export_records, weighed


class Command(BaseCommand):
    help = "Writes the group's records as CSV files (docs/records.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The directory; made if it does not exist."""
        parser.add_argument("directory", type=Path)

    def handle(self, *args: Any, directory: Path, **options: Any) -> None:
        """One line a file."""
        try:
            written = export_records(directory)
        except OSError as failure:
            raise CommandError(str(failure)) from failure
        for file, rows in written.items():
            self.stdout.write(f"{directory / file}: {rows}")
        for reference in weighed():
            self.stderr.write(
                _("%(reference)s has agreed weights, which the files do not carry.") % {"reference": reference}
            )
