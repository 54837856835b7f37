"""Caches keep no answer to a signed-in person; a refused act becomes the page that says why; no NUL in the API."""

from collections.abc import Callable

from django.contrib.auth import SESSION_KEY
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

from expertgroup.views import errors
from journal.refusals import Refusal

GetResponse = Callable[[HttpRequest], HttpResponse]


class NoStoreMiddleware:
    """`Cache-Control: no-store` on what a signed-in person gets: the back button after signing out shows nothing."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Asks the session, not the user: a page that never looked at either pays no query here. API tokens come in
        # a header, without a session.
        known = request.session.accessed and SESSION_KEY in request.session
        if known or "Authorization" in request.headers:
            response.headers["Cache-Control"] = "no-store"
        return response


class PlainAddressMiddleware:
    """400 for an address of the API with a NUL in it: no text of the database can hold one, so none is asked for it.

    Pages say it beside what was typed; bodies are the business of forms and serializers, which refuse it by field.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.META.get("QUERY_STRING", "")
        if request.path.startswith("/api/") and ("\0" in request.path or "%00" in asked):
            raise BadRequest
        return self.get_response(request)


class RefusalMiddleware:
    """A Refusal that escapes a view: the page with its words and its status (403, 409 or 422)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Renders refused.html; other exceptions go on to the 500 page."""
        if not isinstance(exception, Refusal):
            return None
        return errors.refused(request, exception)
