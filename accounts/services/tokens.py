"""Keys to the API: made, shown once, stored as a digest, revoked."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import ApiToken, User
from accounts.refusals import TokenTooLong, TokenUnnamed, TooManyTokens
from accounts.selectors import actor, tokens_of
from journal.services import entries

PREFIX = "teg_"
RANDOM_BYTES = 32
SHOWN = 8
DAYS_MOST = 365
LIVE_MOST = 20
# One write per token and hour says often enough when it was used last.
USE_NOTED_EVERY = timedelta(hours=1)


def digest(secret: str) -> str:
    """What is stored of a token: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def issue(*, user: User, name: str, scope: str, days: int, at: datetime) -> tuple[ApiToken, str]:
    """A new token and its secret, which nobody can read again. Raises TokenUnnamed, TokenTooLong, TooManyTokens."""
    if not name.strip():
        raise TokenUnnamed
    if not 1 <= days <= DAYS_MOST:
        raise TokenTooLong
    secret = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if tokens_of(user).filter(expires_at__gt=at).count() >= LIVE_MOST:
            raise TooManyTokens
        token = ApiToken.objects.create(
            user=user,
            name=name.strip(),
            digest=digest(secret),
            start=secret[:SHOWN],
            scope=ApiToken.Scope(scope),
            expires_at=at + timedelta(days=days),
        )
        entries.append(
            actor=actor(user),
            verb="token.issue",
            subject=f"token/{token.pk}",
            data={"scope": token.scope, "days": days},
            at=at,
        )
    return token, secret


def revoke(*, token: ApiToken, by: User, at: datetime) -> None:
    """Ends a token at once; one that is revoked stays so."""
    with transaction.atomic():
        if ApiToken.objects.filter(pk=token.pk, user=by, revoked_at=None).update(revoked_at=at):
            entries.append(actor=actor(by), verb="token.revoke", subject=f"token/{token.pk}", at=at)


def revoke_all(*, user: User, at: datetime) -> None:
    """Ends every token of a user at once."""
    for token in ApiToken.objects.filter(user=user, revoked_at=None):
        revoke(token=token, by=user, at=at)


def note_use(*, token: ApiToken, at: datetime) -> None:
    """Remembers that the token was used, at most once an hour."""
    if token.last_used_at is None or at - token.last_used_at >= USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
