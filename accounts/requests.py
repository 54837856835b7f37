"""Who sends a request, as a User."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from rest_framework.request import Request

from accounts.models import User


def user_of(request: HttpRequest | Request) -> User:
    """The signed-in user; PermissionDenied for a visitor (views ask `login_required` first)."""
    user = request.user
    if not isinstance(user, User) and not getattr(user, "is_authenticated", False):
        raise PermissionDenied
    return user  # type: ignore[return-value]
