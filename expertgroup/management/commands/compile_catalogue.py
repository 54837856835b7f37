"""manage.py compile_catalogue: compiles translations that changed."""

from typing import Any

from django.core.management.base import BaseCommand

from expertgroup import catalogue


class Command(BaseCommand):
    help = "Compiles the translations that changed since they were last compiled. Needs no GNU gettext."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        catalogue.compile_all()
