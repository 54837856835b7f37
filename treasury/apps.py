from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TreasuryConfig(AppConfig):
    name = "treasury"
    verbose_name = _("Treasury")

    def ready(self) -> None:
        # They register what they hold: payout kinds, the month's job, invariants.
        for module in ("acts", "selectors.kinds", "services.payouts", "checks"):
            import_module(f"treasury.{module}")
