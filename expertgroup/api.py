"""What all parts of the API share: pages of bounded size, and refusals as problem details with the words of the page.

The settings name this module, so it must not import DRF's views, which read the settings.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connections
from django.db.transaction import set_rollback
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.pagination import PageNumberPagination

from expertgroup.views import errors
from journal.refusals import Refusal

NON_FIELD = "non_field_errors"


class Pages(PageNumberPagination):
    """`?page=2&size=100`: 50 rows a page, at most 200."""

    page_size = 50
    page_size_query_param = "size"
    max_page_size = 200


def problem(exc: Exception, context: dict[str, Any]) -> JsonResponse | None:
    """Every refusal as problem details (RFC 9457); None for what is a defect of ours, which becomes a 500."""
    answer = _answer(exc)
    if answer is None:
        return None
    _roll_back()
    # DRF's own headers: what to authenticate with, when to come back, which methods there are.
    if header := getattr(exc, "auth_header", None):
        answer["WWW-Authenticate"] = header
    if wait := getattr(exc, "wait", None):
        answer["Retry-After"] = str(int(wait) + 1)
    return answer


def _answer(exc: Exception) -> JsonResponse | None:
    if isinstance(exc, Refusal):
        return refused(exc)
    if isinstance(exc, exceptions.ValidationError):
        found = list(_flat(exc.get_full_details()))
        detail = found[0]["detail"] if len(found) == 1 else _("The request needs changes: see errors.")
        return errors.problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, code="invalid", errors=found)
    if isinstance(exc, Http404):
        exc = exceptions.NotFound(_("There is nothing at this address."))
    if isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied(_("This is not open to you."))
    if isinstance(exc, exceptions.APIException):
        return errors.problem(HTTPStatus(exc.status_code), str(exc.detail), code=str(exc.get_codes()))
    return None


def refused(refusal: Refusal) -> JsonResponse:
    """A rule's answer: its sentence, its code, its clause, and each answer that needs a change."""
    more: dict[str, Any] = {"code": refusal.code}
    if refusal.clause:
        more["clause"] = refusal.clause
    problems = getattr(refusal, "problems", None) or ([refusal] if refusal.field else [])
    if problems:
        more["errors"] = [
            {"field": one.field, "code": one.code, "detail": str(one.message), "clause": one.clause} for one in problems
        ]
    return errors.problem(HTTPStatus(refusal.status), str(refusal), **more)


def _flat(details: Any, path: str = "") -> Iterator[dict[str, Any]]:
    """DRF's tree of errors as a list; `field` is the dotted path, null for the whole request."""
    if isinstance(details, dict) and {"message", "code"} == set(details):
        yield {"field": path or None, "code": str(details["code"]), "detail": str(details["message"]), "clause": None}
    elif isinstance(details, dict):
        for name, inner in details.items():
            yield from _flat(inner, path if name == NON_FIELD else f"{path}.{name}".lstrip("."))
    else:
        for number, inner in enumerate(details):
            leaf = isinstance(inner, dict) and {"message", "code"} == set(inner)
            yield from _flat(inner, path if leaf else f"{path}.{number}".lstrip("."))


def _roll_back() -> None:
    """As DRF's own handler: a view that opened a transaction per request leaves nothing behind."""
    for connection in connections.all():
        if connection.settings_dict["ATOMIC_REQUESTS"] and connection.in_atomic_block:
            set_rollback(True, using=connection.alias)
