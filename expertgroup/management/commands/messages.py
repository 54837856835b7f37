"""manage.py messages: keeps the catalogue of translations in step with the marked texts."""

from typing import Any

from django.core.management.base import BaseCommand

from expertgroup import catalogue

LOCALE = "zh_Hans"


class Command(BaseCommand):
    help = "Collects every marked text into the catalogue, keeps its translations, compiles it. Needs no GNU gettext."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        kept = catalogue.update(LOCALE)
        catalogue.compile_all()
        texts = [message for message in kept if message.id]
        missing = [message for message in texts if not message.string or not all(message.string)]
        self.stdout.write(f"{LOCALE}: {len(texts)} texts, {len(missing)} without translation")
