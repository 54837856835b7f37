"""`manage.py payouts 2026-08`: prints a month's lines, posted or not, without posting anything."""

import csv
import json
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import ProgrammingError

from charter import selectors as charter
from charter.refusals import NoGroup
from journal.refusals import Refusal
from treasury.rules.amounts import text
from treasury.rules.months import Month
from treasury.selectors import payouts
from treasury.selectors.payouts import Line

COLUMNS = ("reference", "kind", "payee", "asset", "amount", "clause", "explanation")
UNPOSTED = "not posted"


class Command(BaseCommand):
    help = "Prints the payout lines of a month (2026-08): what is posted with its corrections, then what is not."

    def add_arguments(self, parser: CommandParser) -> None:
        """The month and the format."""
        parser.add_argument("month")
        parser.add_argument("--format", choices=("json", "csv", "table"), default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints, or says in one line why not (exit status 2)."""
        try:
            _group()
            month = str(Month.parse(options["month"]))
            lines = payouts.lines(month)
        except Refusal as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        # A line that is not posted yet is marked where others are.
        mixed = any(line.posted for line in lines)
        {"json": self.write_json, "csv": self.write_csv, "table": self.write_table}[options["format"]](
            month, lines, mixed
        )

    def write_json(self, month: str, lines: Sequence[Line], mixed: bool) -> None:
        """As records.md fixes it; `"posted": false` marks what is not posted in a month that is."""
        rows = [facts(line) | ({} if line.posted or not mixed else {"posted": False}) for line in lines]
        totals = {asset: text(micro) for asset, micro in payouts.total(lines).items()}
        self.stdout.write(json.dumps({"month": month, "lines": rows, "totals": totals}, ensure_ascii=False, indent=1))

    def write_csv(self, month: str, lines: Sequence[Line], mixed: bool) -> None:
        """A header and a row a line; `posted` says yes or no."""
        writer = csv.writer(self.stdout, lineterminator="\r\n")
        writer.writerow((*COLUMNS, "posted"))
        for line in lines:
            writer.writerow((*facts(line).values(), "yes" if line.posted else "no"))

    def write_table(self, month: str, lines: Sequence[Line], mixed: bool) -> None:
        """For people: aligned columns, the sum per asset below."""
        rows = [(*list(facts(line).values())[:6], UNPOSTED if mixed and not line.posted else "") for line in lines]
        widths = [max((len(row[place]) for row in rows), default=0) for place in range(6)]
        for row, line in zip(rows, lines, strict=True):
            cells = [
                cell.rjust(width) if place == 4 else cell.ljust(width)
                for place, (cell, width) in enumerate(zip(row, widths, strict=False))
            ]
            self.stdout.write("  ".join([*cells, row[6], line.explanation]).rstrip())
        for asset, micro in payouts.total(lines).items():
            self.stdout.write(f"{month} {asset} {text(micro)}")


def _group() -> None:
    """NoGroup without a group, and where the tables are not made yet."""
    try:
        charter.group()
    except ProgrammingError as missing:
        raise NoGroup from missing


def facts(line: Line) -> dict[str, str]:
    """A line as files and the API write it."""
    return {
        "reference": line.reference,
        "kind": line.kind,
        "payee": line.payee,
        "asset": line.asset,
        "amount": text(line.amount_micro),
        "clause": line.clause,
        "explanation": line.explanation,
    }
