from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsultingConfig(AppConfig):
    name = "consulting"
    verbose_name = _("Consulting")

    def ready(self) -> None:
        """Registers this floor's payout lines, what is due, and what `verify` checks."""
        from consulting import acts, checks, invariants, tasks  # noqa: F401
        from consulting.selectors import lines  # noqa: F401
