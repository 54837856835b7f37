"""`manage.py verify`: replays the chain, checks every invariant, names the first bad rows."""

import json
import time
from argparse import ArgumentParser
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from journal.registry import invariants
from journal.selectors import head

SHOWN = 5


class Command(BaseCommand):
    help = "Replays the journal's chain and checks every invariant; exit status 1 names the first bad rows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--format json` for machines; `--head` fails unless the chain contains this published head."""
        parser.add_argument("--format", choices=["text", "json"], default="text")
        parser.add_argument("--head", default="", help="a head published earlier: NUMBER:DIGEST")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints one line per invariant; all of them see one snapshot of the database."""
        started = time.monotonic()
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            findings = {name: list(islice(rule.check(), SHOWN)) for name, rule in invariants.items()}
            if options["head"]:
                findings["published head"] = self._head_findings(options["head"])
            now = head()
        broken = {name: rows for name, rows in findings.items() if rows}
        if options["format"] == "json":
            report = {"ok": not broken, "head": {"number": now.number, "digest": now.digest}, "findings": findings}
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=1))
        else:
            for name, rows in findings.items():
                self.stdout.write(f"{'ok    ' if not rows else 'BROKEN'} {name}")
                for row in rows:
                    self.stdout.write(f"       {row}")
            self.stdout.write(f"head {now.number}:{now.digest}  ({time.monotonic() - started:.1f} s)")
        if broken:
            raise SystemExit(1)

    @staticmethod
    def _head_findings(published: str) -> list[str]:
        from journal.models import Seal

        number, _, digest = published.partition(":")
        found = Seal.objects.filter(number=number).first() if number.isdigit() else None
        if found is None or found.digest != digest:
            return [f"the chain does not contain the published head {published}"]
        return []
