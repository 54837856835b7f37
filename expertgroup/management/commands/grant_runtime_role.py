"""manage.py grant_runtime_role: after each migration, gives the role that serves its rights."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from expertgroup import runtime_role


class Command(BaseCommand):
    help = (
        "Gives the runtime role what serving needs: append-only tables can be read and added to only. Run as the owner."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role", help="the role of DATABASE_URL in production")
        parser.add_argument(
            "--create", action="store_true", help="make the role, with the password in RUNTIME_PASSWORD"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["create"]:
            password = os.environ.get("RUNTIME_PASSWORD")
            if not password:
                raise CommandError("--create needs the role's password in RUNTIME_PASSWORD.")
            runtime_role.create(options["role"], password)
        tables = runtime_role.grant(options["role"])
        self.stdout.write(f"{options['role']}: {tables} tables can only be read and added to.")
