"""Engagements, sessions and clients for the treasurer: entered through services, accepted on a page of its own."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.requests import user_of
from charter import selectors as charter
from consulting.admin.rows import Entered, Shown, money
from consulting.forms.entry import (
    AcceptanceForm,
    ClientForm,
    CorrectionForm,
    EngagementForm,
    SessionForm,
    WeightsForm,
    day_of,
)
from consulting.forms.escrow import MilestonesForm, PaybackForm, RefundForm
from consulting.models import Acceptance, Engagement, Milestone, Refund, Session, Share
from consulting.rules.acceptances import seal_of
from consulting.selectors import engagements as reading
from consulting.selectors.escrow import credit_micro, money_of
from consulting.services import acceptances
from journal import writing
from journal.refusals import Refusal
from members.selectors.people import active_on
from treasury.models import Client


@admin.register(Client)
class ClientAdmin(Entered):
    """Who orders advice."""

    entry_form = ClientForm
    list_display = ("name", "key", "email", "user")
    list_select_related = ("user",)
    search_fields = ("name", "key")
    fields = ("name", "key", "email", "user", "credit", "created_at")
    readonly_fields = ("credit", "created_at")
    change_form_template = "consulting/client_change.html"

    @admin.display(description=gettext_lazy("credit, U"))
    def credit(self, row: Client) -> str:
        """`60.00`; below zero what is owed."""
        return money(credit_micro(row))

    def get_urls(self) -> list[URLPattern]:
        """The page to put on record what was paid back."""
        view = self.admin_site.admin_view(self.payback_view)
        return [path("<path:pk>/payback/", view, name="treasury_client_payback"), *super().get_urls()]

    def payback_view(self, request: HttpRequest, pk: str) -> HttpResponse:
        """A client's credit that was paid out."""
        client = self.row(request, pk)
        form = PaybackForm(request.POST or None, client=client, initial={"paid_on": charter.today(timezone.now())})
        title = _("Pay credit of %(it)s back") % {"it": client}
        return self.entry(request, form, title=title, done=_("The payment to %(it)s is on record."))


class Sessions(Shown):
    """The engagement's sessions."""

    model = Session
    link = True
    fields = ("reference", "member", "held_on", "hours", "rate")
    readonly_fields = ("hours", "rate")

    @admin.display(description=gettext_lazy("hours"))
    def hours(self, row: Session) -> str:
        """`1.5 h`."""
        return writing.hours(row.hours_centi)

    @admin.display(description=gettext_lazy("rate, U an hour"))
    def rate(self, row: Session) -> str:
        """`150`, or nothing at a fixed price."""
        return money(row.rate_micro)


class Acceptances(Shown):
    """What was accepted, and how it was split."""

    model = Acceptance
    fields = ("session", "milestone", "accepted_on", "gross", "individuals", "pool", "share", "edition")
    readonly_fields = ("gross", "individuals", "pool")

    @admin.display(description=gettext_lazy("what the client owes, U"))
    def gross(self, row: Acceptance) -> str:
        """`240.00`."""
        return money(row.gross_micro)

    @admin.display(description=gettext_lazy("the experts' part, U"))
    def individuals(self, row: Acceptance) -> str:
        """`192.00`."""
        return money(row.individuals_micro)

    @admin.display(description=gettext_lazy("the pool's part, U"))
    def pool(self, row: Acceptance) -> str:
        """`48.00`."""
        return money(row.pool_micro)


class Milestones(Shown):
    """The milestones of a fixed price."""

    model = Milestone
    fields = ("reference", "title", "price", "due_on", "delivered_at")
    readonly_fields = ("price",)

    @admin.display(description=gettext_lazy("price, U"))
    def price(self, row: Milestone) -> str:
        """`600.00`."""
        return money(row.price_micro)


class Refunds(Shown):
    """What went back, and why."""

    model = Refund
    fields = ("session", "milestone", "refunded_on", "amount", "reason")
    readonly_fields = ("amount",)

    @admin.display(description=gettext_lazy("refunded, U"))
    def amount(self, row: Refund) -> str:
        """`60.00`."""
        return money(row.amount_micro)


@admin.register(Engagement)
class EngagementAdmin(Entered):
    """What clients ordered."""

    entry_form = EngagementForm
    change_form_template = "consulting/engagement_change.html"
    list_display = ("reference", "client", "title", "pricing", "price", "opened_on", "accepted_on")
    list_filter = ("pricing", ("accepted_on", admin.EmptyFieldListFilter))
    list_select_related = ("client",)
    search_fields = ("reference", "title", "client__name")
    fields = ("reference", "client", "title", "pricing", "price", "opened_on", "accepted_on")
    readonly_fields = ("price",)
    inlines = (Sessions, Milestones, Acceptances, Refunds)

    @admin.display(description=gettext_lazy("price, U"))
    def price(self, row: Engagement) -> str:
        """`1,000.00`, or nothing by the hour."""
        return money(row.price_micro)

    def get_urls(self) -> list[URLPattern]:
        """The pages to accept, to refund, and to agree weights and milestones."""
        wrap = self.admin_site.admin_view
        return [
            path("<path:pk>/accept/", wrap(self.accept_view), name="consulting_engagement_accept"),
            path("<path:pk>/weights/", wrap(self.weights_view), name="consulting_engagement_weights"),
            path("<path:pk>/milestones/", wrap(self.milestones_view), name="consulting_engagement_milestones"),
            path("<path:pk>/refund/", wrap(self.refund_view), name="consulting_engagement_refund"),
            *super().get_urls(),
        ]

    def weights_view(self, request: HttpRequest, pk: str) -> HttpResponse:
        """The agreed weights of a fixed price."""
        engagement = self.row(request, pk)
        members = active_on(charter.today(timezone.now()))
        form = WeightsForm(request.POST or None, engagement=engagement, members=members)
        title = _("Agreed weights of %(it)s") % {"it": engagement}
        return self.entry(request, form, title=title, done=_("The weights of %(it)s are agreed."))

    def milestones_view(self, request: HttpRequest, pk: str) -> HttpResponse:
        """The milestones of a fixed price."""
        engagement = self.row(request, pk)
        form = MilestonesForm(request.POST or None, engagement=engagement)
        title = _("Milestones of %(it)s") % {"it": engagement}
        return self.entry(request, form, title=title, done=_("The milestones of %(it)s are agreed."))

    def refund_view(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Money of a unit goes back to the client's credit."""
        engagement = self.row(request, pk)
        form = RefundForm(request.POST or None, engagement=engagement)
        title = _("Refund of %(it)s") % {"it": engagement}
        return self.entry(request, form, title=title, done=_("The refund of %(it)s is on record."))

    def accept_view(self, request: HttpRequest, pk: str) -> HttpResponse:
        """What the client owes and who gets what, sealed; one button fixes exactly that."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        engagement, at = self.row(request, pk), timezone.now()
        today = charter.today(at)
        form = AcceptanceForm(request.POST or None)
        refused: Refusal | None = None
        if request.method == "POST" and form.is_valid():
            try:
                acceptances.accept(engagement=engagement, by=user_of(request), at=at, **form.cleaned_data)
            except Refusal as refusal:
                refused = refusal
            else:
                messages.success(request, _("%(it)s is accepted.") % {"it": engagement})
                return redirect(self.address("change", engagement.pk))
        day = day_of(request.POST.get("accepted_on") or request.GET.get("accepted_on", ""), today)
        return self._acceptance_page(request, engagement, day, refused)

    def _acceptance_page(
        self, request: HttpRequest, engagement: Any, day: Any, refused: Refusal | None
    ) -> HttpResponse:
        splits: list[Any] = []
        try:
            splits = reading.to_accept(engagement, day)
        except Refusal as refusal:
            refused = refused or refusal
        sums = reading.summed(splits)
        context = {
            "engagement": engagement,
            "day": day,
            "splits": splits,
            "sums": sums,
            "short_micro": money_of(engagement).short_micro(sums.gross_micro),
            "seal": seal_of(splits) if splits else "",
            "refused": refused,
            "back": self.address("change", engagement.pk),
        }
        status = refused.status if refused and request.method == "POST" else 200
        return TemplateResponse(request, "consulting/accept.html", context, status=status)


@admin.register(Session)
class SessionAdmin(Entered):
    """Hours worked for clients."""

    entry_form = SessionForm
    change_form_template = "consulting/session_change.html"
    list_display = ("reference", "engagement", "member", "held_on", "hours", "rate")
    list_filter = ("member",)
    list_select_related = ("engagement", "member")
    search_fields = ("reference", "engagement__reference", "member__handle")
    date_hierarchy = "held_on"
    fields = ("reference", "engagement", "member", "held_on", "hours", "rate", "recorded_at")
    readonly_fields = ("hours", "rate", "recorded_at")
    hours = Sessions.hours
    rate = Sessions.rate

    def get_urls(self) -> list[URLPattern]:
        """The page to put a session right."""
        correct = self.admin_site.admin_view(self.correct_view)
        return [path("<path:pk>/correct/", correct, name="consulting_session_correct"), *super().get_urls()]

    def correct_view(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Day, hours and rate of a session that the client has not accepted."""
        session = self.row(request, pk)
        form = CorrectionForm(request.POST or None, session=session)
        title = _("Correct session %(it)s") % {"it": session}
        return self.entry(request, form, title=title, done=_("Session %(it)s is put right."))


@admin.register(Share)
class ShareAdmin(admin.ModelAdmin[Any]):
    """What each expert was given of an acceptance; fixed."""

    list_display = ("reference", "member", "amount")
    list_select_related = ("member",)
    search_fields = ("reference", "member__handle")
    fields = ("reference", "acceptance", "member", "amount", "inputs")
    readonly_fields = ("amount",)

    @admin.display(description=gettext_lazy("amount, U"))
    def amount(self, row: Share) -> str:
        """`192.00`."""
        return money(row.amount_micro)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False
