from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from expertgroup.generics import allow_subscripts

# Before any app's forms and admin are read.
allow_subscripts()


class ExpertGroupConfig(AppConfig):
    name = "expertgroup"
    verbose_name = _("Expert group")

    def ready(self) -> None:
        """Binds shared tasks to our worker's configuration, registers the start-up checks and what joins the apps."""
        from expertgroup import celery, checks  # noqa: F401
        from expertgroup.selectors import counts  # noqa: F401
