"""`manage.py build_demo`: fills an empty database with the demo's group."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from expertgroup.demo.build import NotEmpty, build
from journal.clock import database_clock


class Command(BaseCommand):
    help = "Fills an empty database with a living group; refuses any other."

    def handle(self, *args: Any, **options: Any) -> None:
        """Builds, or says in one line why not."""
        try:
            build(database_clock())
        except NotEmpty:
            raise CommandError("The database is not empty. The demo is built into an empty one only.") from None
