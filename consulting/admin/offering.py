"""What experts offer, to read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from consulting.admin.rows import Shown, money
from consulting.models import DayException, Piece, Profile, Window


class Windows(Shown):
    """An expert's weekly hours."""

    model = Window
    fields = ("weekday", "starts_minute", "ends_minute")


class DayExceptions(Shown):
    """Days that are different."""

    model = DayException
    fields = ("falls_on", "kind", "starts_minute", "ends_minute")


class Pieces(Shown):
    """Written-up work."""

    model = Piece
    fields = ("title", "url", "written_on")


@admin.register(Profile)
class ProfileAdmin(admin.ModelAdmin[Any]):
    """What experts offer; each enters their own on a page of their own."""

    list_display = ("member", "headline", "rate", "time_zone", "published_at")
    list_select_related = ("member",)
    list_filter = ("domain",)
    search_fields = ("member__handle", "headline")
    inlines = (Windows, DayExceptions, Pieces)
    exclude = ("rate_micro",)
    readonly_fields = ("rate", "created_at")

    @admin.display(description=gettext_lazy("rate, U an hour"))
    def rate(self, row: Profile) -> str:
        """`150.00`, or nothing."""
        return money(row.rate_micro)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False
