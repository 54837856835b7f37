from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CharterConfig(AppConfig):
    name = "charter"
    verbose_name = _("Charter")

    def ready(self) -> None:
        """Registers this floor's acts and what `verify` checks."""
        from charter import acts, invariants  # noqa: F401
