"""What the pages share: rows to read, and rows that a service makes from a form of ours."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.requests import user_of
from consulting.forms.entry import EntryForm
from journal import writing
from journal.refusals import Refusal


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


def money(micro: int | None) -> str:
    """Client money, or nothing."""
    return "" if micro is None else writing.money(micro)
