"""`Authorization: Bearer teg_…`: sign-in to the API by token."""

from allauth.core.internal import ratelimit
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from accounts.models import ApiToken, User
from accounts.refusals import ReadOnlyToken
from accounts.selectors import token_by_digest
from accounts.services import tokens

SCHEME = "Bearer"
# Wrong tokens per address: DRF throttles only what got past authentication.
FAILURES = {"api_token": "30/m/ip"}
WAIT_SECONDS = 60


class TokenAuthentication(BaseAuthentication):
    """Reads the token in one query. A token of scope `read` opens no method that changes anything."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The user and the token; None without the header; 401 for a token that is none (any more), 429 after many."""
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != SCHEME.lower().encode():
            return None
        at = timezone.now()
        secret = words[1].decode("latin-1") if len(words) == 2 else ""
        token = token_by_digest(tokens.digest(secret), at)
        if token is None:
            raise self._failure(request)
        if token.scope == ApiToken.Scope.READ and request.method not in SAFE_METHODS:
            raise ReadOnlyToken
        tokens.note_use(token=token, at=at)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return SCHEME

    def _failure(self, request: Request) -> Exception:
        usage = ratelimit.consume(request, app="accounts", action="api_token", config=FAILURES, limit_get=True)
        if not usage:
            return Throttled(wait=WAIT_SECONDS)
        return AuthenticationFailed(_("This token does not exist, has expired or was revoked."))
