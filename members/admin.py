"""Members for the treasurer: to read. Joining, leaving and terms come from decisions, not from forms."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from members.models import Application, Interview, Leave, Member, Membership, Term


class ReadOnly(admin.ModelAdmin[Any]):
    """Nothing is added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


class Periods(admin.StackedInline[Any, Any]):
    """Periods of a member, to read."""

    model = Membership
    fields = ("joined_on", "exited_on", "decided_by")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


@admin.register(Member)
class MemberAdmin(ReadOnly):
    """Who is or was a member."""

    list_display = ("handle", "name", "wallet", "builder_since")
    search_fields = ("handle", "name")
    fields = ("handle", "name", "email", "wallet", "builder_since", "builder_url")
    inlines = (Periods,)


@admin.register(Term)
class TermAdmin(ReadOnly):
    """Who led and who kept the treasury."""

    list_display = ("role", "member", "user", "deputy", "starts_on", "ends_on")
    list_select_related = ("member", "user", "deputy")
    list_filter = ("role",)
    fields = ("role", "member", "user", "deputy", "starts_on", "ends_on", "decided_by")


@admin.register(Leave)
class LeaveAdmin(ReadOnly):
    """Who is or was away."""

    list_display = ("member", "first_on", "last_on", "ended_on")
    list_select_related = ("member",)
    fields = ("member", "first_on", "last_on", "ended_on", "declared_at")


@admin.register(Application)
class ApplicationAdmin(ReadOnly):
    """Who applied; drafts are private and not listed."""

    list_display = ("name", "handle", "submitted_at", "withdrawn_at", "closed_at")
    fields = (
        "name",
        "handle",
        "criteria",
        "builder_since",
        "builder_url",
        "submitted_at",
        "withdrawn_at",
        "closed_at",
        "member",
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        """What was sent."""
        return super().get_queryset(request).exclude(submitted_at=None)


@admin.register(Interview)
class InterviewAdmin(ReadOnly):
    """When interviews were held; their words are for the members."""

    list_display = ("application", "held_on", "minutes")
    list_select_related = ("application__user",)
    fields = ("application", "held_on", "minutes", "interviewers")
