"""The pages that say no: refused by a rule, not found, not open to this person, broken. They name what to do."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from journal.refusals import Refusal


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A rule said no: its sentence with its clause, 403 not allowed, 409 too late, 422 bad input."""
    context = {
        "refusal": refusal,
        "back": _back(request),
        "has_errors": refusal.status == HTTPStatus.UNPROCESSABLE_ENTITY,
    }
    return render(request, "refused.html", context, status=refusal.status)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 from Django itself; the exception's own words when it has some."""
    if _wants_problem(request):
        return problem(HTTPStatus.FORBIDDEN, _("This is not open to you."))
    return render(request, "403.html", {"reason": str(exception or "")}, status=HTTPStatus.FORBIDDEN)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404; the address that was asked for is shown, so a typing error can be seen."""
    if _wants_problem(request):
        return problem(HTTPStatus.NOT_FOUND, _("There is nothing at this address."))
    return render(request, "404.html", {"path": request.path}, status=HTTPStatus.NOT_FOUND)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: a request that no page of ours sends."""
    if _wants_problem(request):
        return problem(HTTPStatus.BAD_REQUEST, _("The request could not be read."))
    return HttpResponse(render_to_string("400.html"), status=HTTPStatus.BAD_REQUEST)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: drawn without session, database or menu, because one of them may be what is broken."""
    if _wants_problem(request):
        return problem(
            HTTPStatus.INTERNAL_SERVER_ERROR, _("Something broke here. The people who run this site have been told.")
        )
    return HttpResponse(render_to_string("500.html"), status=HTTPStatus.INTERNAL_SERVER_ERROR)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was too old, or came from another site. Nothing was changed."""
    if _wants_problem(request):
        return problem(HTTPStatus.FORBIDDEN, _("The form was too old or came from another site."))
    context = {"back": request.get_full_path() if request.method == "GET" else _back(request)}
    return render(request, "403_csrf.html", context, status=HTTPStatus.FORBIDDEN)


def problem(status: HTTPStatus, detail: str | Promise, **more: Any) -> JsonResponse:
    """The same words as problem details (RFC 9457) for a caller of the API."""
    body = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": str(detail), **more}
    return JsonResponse(body, status=status, content_type="application/problem+json")


def _wants_problem(request: HttpRequest) -> bool:
    """Callers of the API get no pages."""
    return request.path.startswith("/api/")


def _back(request: HttpRequest) -> str:
    """The page a form was sent from, on this site only; else the start."""
    origin = f"{request.scheme}://{request.get_host()}/"
    referer = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    # One slash at its start, whatever was sent: two would name another host.
    return "/" + referer.removeprefix(origin).lstrip("/\\") if referer.startswith(origin) else "/"
