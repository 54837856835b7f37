"""The reader's language, without a query of its own."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.utils import translation

GetResponse = Callable[[HttpRequest], HttpResponse]
LANGUAGES = frozenset(code for code, _name in settings.LANGUAGES)


class PreferenceMiddleware:
    """A signed-in person's language where the browser has no cookie for it; the cookie itself is Django's to read."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Asked only for those who carry a session and no cookie: sign-in and settings set the cookie.
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and settings.SESSION_COOKIE_NAME in request.COOKIES:
            self._activate(request)
        return self.get_response(request)

    def _activate(self, request: HttpRequest) -> None:
        if SESSION_KEY not in request.session:
            return
        language = getattr(request.user, "language", "")
        if language in LANGUAGES:
            translation.activate(language)
            request.LANGUAGE_CODE = translation.get_language()
