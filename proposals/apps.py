from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProposalsConfig(AppConfig):
    name = "proposals"
    verbose_name = _("Proposals")

    def ready(self) -> None:
        """Tells the registries below what this floor knows and does."""
        from proposals import acts, invariants, tasks  # noqa: F401
        from proposals.selectors import votes, ways  # noqa: F401
