"""The treasury in the admin: to read. Money moves on pages of their own, each with its sum and one button."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from journal import writing
from members.admin import ReadOnly
from treasury.models import Account, Balance, Budget, Claim, PayoutLine, PayoutRun, Posting, Transfer
from treasury.rules.worth import written


def amount(micro: int, asset: str) -> str:
    """`1,320 U`."""
    return f"{writing.amount(micro)}{writing.SPACE}{asset}"


@admin.register(Account)
class AccountAdmin(ReadOnly):
    """Accounts with what they hold."""

    list_display = ("__str__", "asset", "holds")
    list_filter = ("kind", "asset")
    list_select_related = ("balance",)
    search_fields = ("owner",)
    fields = ("kind", "owner", "asset", "holds")
    readonly_fields = ("holds",)

    @admin.display(description=_("holds"), ordering="balance__amount_micro")
    def holds(self, row: Account) -> str:
        """The balance."""
        return amount(row.balance.amount_micro, row.asset)


@admin.register(Balance)
class BalanceAdmin(ReadOnly):
    """Balances, kept by the database."""

    list_display = ("account", "holds", "floored")
    list_filter = ("account__kind", "account__asset")
    list_select_related = ("account",)
    search_fields = ("account__owner",)
    fields = ("account", "holds", "floored")
    readonly_fields = ("holds",)

    @admin.display(description=_("holds"), ordering="amount_micro")
    def holds(self, row: Balance) -> str:
        """With its asset."""
        return amount(row.amount_micro, row.account.asset)


@admin.register(Posting)
class PostingAdmin(ReadOnly):
    """Business events."""

    list_display = ("key", "kind", "occurred_on", "actor", "recorded_at")
    list_filter = ("kind",)
    search_fields = ("key",)
    date_hierarchy = "occurred_on"
    fields = ("kind", "key", "occurred_on", "actor", "recorded_at")


@admin.register(Transfer)
class TransferAdmin(ReadOnly):
    """Every transfer, newest first."""

    list_display = ("reference", "occurred_on", "debit", "credit", "moved", "posting")
    list_filter = ("asset", "posting__kind")
    list_select_related = ("debit", "credit", "posting")
    search_fields = ("reference",)
    date_hierarchy = "occurred_on"
    fields = ("reference", "posting", "occurred_on", "debit", "credit", "moved", "reverses")
    readonly_fields = ("moved",)

    @admin.display(description=_("amount"), ordering="amount_micro")
    def moved(self, row: Transfer) -> str:
        """With its asset."""
        return amount(row.amount_micro, row.asset)


@admin.register(PayoutRun)
class PayoutRunAdmin(ReadOnly):
    """Months' runs; a run is started on the month's page."""

    list_display = ("month", "number", "started_at", "completed_at", "lines_posted", "u", "lxp", "page")
    search_fields = ("month",)
    fields = (
        "month", "number", "started_by", "started_at", "completed_at", "notice_ends_on",
        "lines_posted", "u", "lxp", "page",
    )  # fmt: skip
    readonly_fields = ("u", "lxp", "page")

    @admin.display(description="U", ordering="u_micro")
    def u(self, row: PayoutRun) -> str:
        """What it posted in U."""
        return writing.amount(row.u_micro)

    @admin.display(description="LXP", ordering="lxp_micro")
    def lxp(self, row: PayoutRun) -> str:
        """What it posted in LXP."""
        return writing.amount(row.lxp_micro)

    @admin.display(description=_("lines"))
    def page(self, row: PayoutRun) -> SafeString:
        """To the month with every line."""
        return _link("treasury:month", _("Look at the month"), row.month)


@admin.register(PayoutLine)
class PayoutLineAdmin(ReadOnly):
    """What runs posted, line by line."""

    list_display = ("reference", "month", "kind", "payee", "owed", "clause")
    list_filter = ("kind", "asset")
    search_fields = ("reference", "payee")
    fields = ("reference", "base", "correction", "month", "run", "posting", "kind", "payee", "owed", "clause", "inputs")
    list_select_related = ("run", "posting")
    readonly_fields = ("owed",)

    @admin.display(description=_("amount"), ordering="amount_micro")
    def owed(self, row: PayoutLine) -> str:
        """With its asset; below zero in a correction that takes back."""
        return amount(row.amount_micro, row.asset)


@admin.register(Budget)
class BudgetAdmin(ReadOnly):
    """Granted budgets; a new one is granted on its own page."""

    change_list_template = "treasury/budget_list.html"
    list_display = ("quarter", "headcount", "hours", "pow", "stipend", "approved", "granted_on", "granted_by")
    search_fields = ("quarter",)
    fields = list_display
    readonly_fields = ("hours", "pow", "stipend", "approved")

    @admin.display(description=_("hours per head"), ordering="hours_per_head_centi")
    def hours(self, row: Budget) -> str:
        """`40 h`."""
        return writing.hours(row.hours_per_head_centi)

    @admin.display(description=_("granted for POW, U"), ordering="pow_micro")
    def pow(self, row: Budget) -> str:
        """`16,800`."""
        return writing.amount(row.pow_micro)

    @admin.display(description=_("granted for stipends, U"), ordering="stipend_micro")
    def stipend(self, row: Budget) -> str:
        """`5,400`."""
        return writing.amount(row.stipend_micro)

    @admin.display(description=_("approved so far, U"), ordering="approved_e8")
    def approved(self, row: Budget) -> str:
        """`12,690`."""
        return written(row.approved_e8)


@admin.register(Claim)
class ClaimAdmin(ReadOnly):
    """Claims that were sent; decided by the leader on the members' page. Drafts are private."""

    list_display = ("reference", "member", "worked_on", "hours", "project", "status", "decided_by", "decided_on")
    list_filter = ("status", "quarter")
    list_select_related = ("member", "decided_by")
    search_fields = ("reference", "member__handle", "project")
    date_hierarchy = "worked_on"
    fields = (
        "reference", "member", "worked_on", "hours", "project", "description", "evidence_url", "status", "submitted_at",
        "decided_by", "decided_on", "reason", "value",
    )  # fmt: skip
    readonly_fields = ("hours", "value")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Claim]:
        """Without drafts."""
        return super().get_queryset(request).exclude(status=Claim.Status.DRAFT)

    @admin.display(description=_("hours"), ordering="hours_centi")
    def hours(self, row: Claim) -> str:
        """`1.5 h`."""
        return writing.hours(row.hours_centi)

    @admin.display(description=_("counted against the budget, U"))
    def value(self, row: Claim) -> str:
        """What it counts once it is approved."""
        return "" if row.value_e8 is None else written(row.value_e8)


def _link(route: str, text: Any, *args: Any) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse(route, args=args), text)
