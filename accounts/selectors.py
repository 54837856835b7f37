"""Reading people who can sign in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from accounts.models import ApiToken, Challenge, User, Wallet
from accounts.refusals import SignatureUnreadable
from accounts.rules import signatures
from journal.models import Entry

DEMO_BUILT = "demo.built"


@dataclass(frozen=True)
class Player:
    """One of the demo's cast: a key, a name, a role in words, and the address that signs in."""

    key: str
    name: str
    role: str
    email: str


def actor(user: User | AnonymousUser) -> str:
    """How the journal names a user: `user:17`."""
    return f"user:{user.pk}" if user.pk else "visitor"


def verified_owner(email: str) -> User | None:
    """Who has proved that this address is theirs, or None."""
    row = EmailAddress.objects.select_related("user").filter(email__iexact=email, verified=True).first()
    return row.user if row else None


def is_address_of(email: str, user: User) -> bool:
    """Whether an account carries the address, or has proved it as a further one."""
    if user.email == User.objects.normalize_email(email):
        return True
    return bool(EmailAddress.objects.filter(user=user, email__iexact=email, verified=True).exists())


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """A person's tokens that are not revoked, newest first."""
    return ApiToken.objects.filter(user=user, revoked_at=None).order_by("-created_at", "-pk")


def token_by_digest(digest: str, at: datetime) -> ApiToken | None:
    """The live token with this digest and its user, in one query."""
    return (
        ApiToken.objects.select_related("user")
        .filter(digest=digest, revoked_at=None, expires_at__gt=at, user__is_active=True)
        .first()
    )


def active_user(email: str) -> User | None:
    """The user with this address, unless the account is closed."""
    return User.objects.filter(email=User.objects.normalize_email(email), is_active=True).first()


def demo_cast() -> list[Player]:
    """Who signs in by one click: whom the journal's first entry names, if the demo builder wrote it; else nobody."""
    if not settings.DEMO:
        return []
    first = Entry.objects.order_by("pk").first()
    if first is None or first.verb != DEMO_BUILT:
        return []
    return [Player(row["key"], row["name"], row["role"], row["email"]) for row in first.data.get("cast", [])]


def wallets_of(user: User) -> QuerySet[Wallet]:
    """A person's wallets, newest first."""
    return Wallet.objects.filter(user=user, removed_at=None).order_by("-proven_at", "-pk")


def no_wallets() -> QuerySet[Wallet]:
    """No wallet: what the schema is drawn from."""
    return Wallet.objects.none()


def challenge_of(nonce: str, purpose: str, user: User | None = None) -> Challenge | None:
    """The message with this nonce, to the person and for the purpose that it was made for."""
    return Challenge.objects.filter(nonce=nonce, purpose=purpose, user=user).first()


def unproved_wallets() -> Iterator[str]:
    """A sentence for each wallet whose stored signature is not its own address's."""
    for wallet in Wallet.objects.filter(removed_at=None).select_related("proof").order_by("pk").iterator():
        proof = wallet.proof
        try:
            found = signatures.signer(proof.message, proof.signature)
        except SignatureUnreadable:
            found = ""
        if found != wallet.address or proof.address != wallet.address or proof.user_id != wallet.user_id:
            yield f"wallet/{wallet.pk}: its proof does not hold"
