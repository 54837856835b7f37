"""The treasurer's admin: Django's own, where nothing can be deleted and sign-in is the one of the site."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import ModelAdmin, site
from django.contrib.admin.apps import AdminConfig
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.admin.sites import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.db.models.base import ModelBase
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

# `site` is Django's default one, which GroupAdminConfig makes ours.
__all__ = ["GroupAdminConfig", "GroupAdminSite", "site"]

# Said by Django's menu to screen readers; its own Chinese catalogue lacks them, ours has them because they stand here.
MENU_TEXTS = (gettext_noop("Model name"), gettext_noop("Add link"), gettext_noop("Change or view list link"))


class Kept:
    """Mixed in front of every registered admin: no row is ever deleted, on its page, in its inlines or in bulk."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> list[InlineModelAdmin[Any, Any]]:
        """The inlines, without their box to delete a row."""
        inlines: list[InlineModelAdmin[Any, Any]] = super().get_inline_instances(request, obj)  # type: ignore[misc]
        for inline in inlines:
            inline.can_delete = False
        return inlines


class GroupAdminSite(AdminSite):
    """One place where the promise "no delete, no bare bulk action" is kept, whatever an app registers."""

    site_title = _("Administration")
    site_header = _("Administration of the expert group")
    index_title = _("What the treasurer keeps")
    site_url = "/"
    enable_nav_sidebar = True

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")

    def has_permission(self, request: HttpRequest) -> bool:
        """Whoever installed the house, and the treasurer while the term lasts: the mark on the account outlives it."""
        from charter import selectors as charter
        from journal.clock import database_clock
        from members.selectors.people import roles_on

        user = request.user
        if not super().has_permission(request) or user.is_superuser:
            return super().has_permission(request)
        return "treasurer" in roles_on(user, charter.today(database_clock()))

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: type[ModelAdmin[Any]] | None = None,
        **options: Any,
    ) -> None:
        """Registers models with their admin behind `Kept`."""
        plain = admin_class or ModelAdmin
        kept: type[ModelAdmin[Any]] = type(plain.__name__, (Kept, plain), {"__module__": plain.__module__})
        models = [model_or_iterable] if isinstance(model_or_iterable, ModelBase) else model_or_iterable
        super().register(models, kept, **options)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """No second sign-in page: the site's own has the rate limits. Who is signed in without the role is refused."""
        if request.user.is_authenticated:
            if self.has_permission(request):
                return redirect("admin:index")
            raise PermissionDenied(_("Only the treasurer works in the administration."))
        # Imports models: this module is read before they may be.
        from django.contrib.auth.views import redirect_to_login

        back = request.GET.get("next") or reverse("admin:index")
        return redirect_to_login(back, reverse("account_login"))

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Signing out is the site's page too."""
        return redirect("account_logout")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Changing a password is the site's page too."""
        return redirect("account_change_password")


class GroupAdminConfig(AdminConfig):
    """Makes our site the default one, so `admin.site` and `@admin.register` mean it."""

    default_site = "expertgroup.admin_site.GroupAdminSite"
