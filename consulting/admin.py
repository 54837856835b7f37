"""Engagements and sessions for the treasurer: entered through services, accepted on a page of its own."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.requests import user_of
from charter import selectors as charter
from consulting.forms.entry import (
    AcceptanceForm,
    ClientForm,
    CorrectionForm,
    EngagementForm,
    EntryForm,
    SessionForm,
    WeightsForm,
    day_of,
)
from consulting.models import Acceptance, DayException, Engagement, Piece, Profile, Session, Share, Window
from consulting.rules.acceptances import seal_of
from consulting.selectors import engagements as reading
from consulting.services import acceptances
from journal import writing
from journal.refusals import Refusal
from members.selectors.people import active_on
from treasury.models import Client


class Shown(admin.TabularInline[Any, Any]):
    """Rows to read."""

    template = "consulting/rows.html"
    extra = 0
    can_delete = False
    # Whether a row leads to its own page.
    link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never here."""
        return False


class Entered(admin.ModelAdmin[Any]):
    """Rows that a service makes: stock pages to read, pages of our own to enter."""

    entry_form: type[EntryForm]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Stored rows are changed by services only, each on a page of its own."""
        return False

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page to enter a new row; `?engagement=7` and the like fill fields in."""
        form = (
            self.entry_form(request.POST) if request.method == "POST" else self.entry_form(initial=request.GET.dict())
        )
        title = _("Add %(name)s") % {"name": self.opts.verbose_name}
        return self.entry(request, form, title=title, done=_("%(it)s is on record."))

    def entry(self, request: HttpRequest, form: EntryForm, *, title: str, done: str) -> HttpResponse:
        """Shows a form; once it is sent lets its service decide, and goes to what was made."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method == "POST" and form.is_valid():
            try:
                made = form.enter(by=user_of(request), at=timezone.now())
            except Refusal as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, done % {"it": made})
                return redirect(self.address("change", made.pk))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            # Any form will do; the stubs know of model forms only.
            "adminform": AdminForm(form, [(None, {"fields": list(form.fields)})], {}),  # type: ignore[arg-type]
            "form": form,
        }
        status = 422 if form.is_bound else 200
        return TemplateResponse(request, "consulting/entry.html", context, status=status)

    def address(self, name: str, *args: Any) -> str:
        """The address of one of this admin's pages."""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}", args=args)

    def row(self, request: HttpRequest, pk: str) -> Any:
        """One row, to a person who may read it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = self.get_object(request, pk)
        if found is None:
            raise Http404
        return found


@admin.register(Client)
class ClientAdmin(Entered):
    """Who orders advice."""

    entry_form = ClientForm
    list_display = ("name", "key", "email", "user")
    list_select_related = ("user",)
    search_fields = ("name", "key")
    fields = ("name", "key", "email", "user", "created_at")
    readonly_fields = ("created_at",)


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
    fields = ("session", "accepted_on", "gross", "individuals", "pool", "share", "edition")
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
    inlines = (Sessions, Acceptances)

    @admin.display(description=gettext_lazy("price, U"))
    def price(self, row: Engagement) -> str:
        """`1,000.00`, or nothing by the hour."""
        return money(row.price_micro)

    def get_urls(self) -> list[URLPattern]:
        """The pages to accept and to agree weights."""
        wrap = self.admin_site.admin_view
        return [
            path("<path:pk>/accept/", wrap(self.accept_view), name="consulting_engagement_accept"),
            path("<path:pk>/weights/", wrap(self.weights_view), name="consulting_engagement_weights"),
            *super().get_urls(),
        ]

    def weights_view(self, request: HttpRequest, pk: str) -> HttpResponse:
        """The agreed weights of a fixed price."""
        engagement = self.row(request, pk)
        members = active_on(charter.today(timezone.now()))
        form = WeightsForm(request.POST or None, engagement=engagement, members=members)
        title = _("Agreed weights of %(it)s") % {"it": engagement}
        return self.entry(request, form, title=title, done=_("The weights of %(it)s are agreed."))

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
        context = {
            "engagement": engagement,
            "day": day,
            "splits": splits,
            "sums": reading.summed(splits),
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


def money(micro: int | None) -> str:
    """Client money, or nothing."""
    return "" if micro is None else writing.money(micro)
