"""The charter page."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from charter.forms import DayForm
from charter.selectors import pages


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The charter in force today, or on the day of `?on=2026-11-20`; a day that is none is said so (422)."""
    form = DayForm(request.GET if "on" in request.GET else None)
    valid = not form.is_bound or form.is_valid()
    on = form.cleaned_data["on"] if form.is_bound and valid else None
    charter = pages.page(on=on, at=timezone.now())
    status = HTTPStatus.OK if valid else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "charter/page.html", {"charter": charter, "form": form}, status=status)
