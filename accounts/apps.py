from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Tells the outbox how mail leaves, and `verify` what a wallet must prove."""
        from accounts import checks  # noqa: F401
        from accounts.services import mail  # noqa: F401
