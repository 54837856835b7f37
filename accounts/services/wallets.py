"""Wallets: an address is asked to sign a message, once; who signed it in time holds its key."""

import secrets
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.models import Challenge, User, Wallet
from accounts.refusals import AddressUnreadable, ChallengeOver, SignatureForeign, WalletTaken
from accounts.rules import addresses, signatures
from accounts.selectors import actor
from journal.clock import Clock, database_clock
from journal.services import entries

NONCE_BYTES = 16
# A message that nobody signed is of no use after its minutes; a day leaves time to look at what went wrong.
KEPT = timedelta(days=1)


def own(user: User) -> str:
    """The purpose of a wallet of one's own account, in the words of the message."""
    return f"the account of {user.email}"


def challenge(
    *, address: str, purpose: str, at: datetime, user: User | None = None, clock: Clock = database_clock
) -> Challenge:
    """A new message for this address to sign within five minutes; it names our domain (BASE_URL) and the purpose.

    Raises AddressUnreadable.
    """
    try:
        address = addresses.plain(address)
    except ValueError as wrong:
        raise AddressUnreadable from wrong
    with transaction.atomic():
        now = clock().replace(microsecond=0)
        Challenge.objects.filter(used_at=None, expires_at__lt=now - KEPT).delete()
        nonce = secrets.token_hex(NONCE_BYTES)
        site = str(settings.BASE_URL).rstrip("/")
        text = signatures.challenge_text(
            domain=urlsplit(site).netloc,
            uri=site,
            address=address,
            purpose=purpose,
            nonce=nonce,
            issued_at=now,
            expires_at=now + signatures.LIFETIME,
        )
        return Challenge.objects.create(
            nonce=nonce,
            user=user,
            address=address,
            purpose=purpose,
            message=text,
            issued_at=now,
            expires_at=now + signatures.LIFETIME,
        )


def redeem(
    *, nonce: str, signature: str, purpose: str, user: User | None = None, clock: Clock = database_clock
) -> Challenge:
    """Uses a message up, in the caller's transaction: `address` of what comes back is proved for the purpose.

    A wrong signature leaves it open until its end. Raises SignatureUnreadable, SignatureForeign, ChallengeOver.
    """
    found = Challenge.objects.filter(nonce=nonce, user=user, purpose=purpose).first()
    if found is None:
        raise ChallengeOver
    if signatures.signer(found.message, signature) != found.address:
        raise SignatureForeign
    if not _used(found, signature.strip(), clock()):
        raise ChallengeOver
    return found


def _used(found: Challenge, signature: str, now: datetime) -> bool:
    """One statement looks and writes: of any number at once, one gets the row."""
    open_now = Challenge.objects.filter(pk=found.pk, used_at=None, issued_at__lte=now, expires_at__gt=now)
    return bool(open_now.update(used_at=now, signature=signature))


def prove(*, user: User, nonce: str, signature: str, at: datetime, clock: Clock = database_clock) -> Wallet:
    """The address becomes the user's wallet; one that is theirs already stays as it was proved first.

    Raises what `redeem` raises, and WalletTaken.
    """
    with transaction.atomic():
        proof = redeem(nonce=nonce, signature=signature, purpose=own(user), user=user, clock=clock)
        wallet = _kept(user, proof, at)
        if wallet.proof_id == proof.pk:
            entries.append(actor=actor(user), verb="wallet.prove", subject=f"wallet/{wallet.pk}", at=at)
    return wallet


def _kept(user: User, proof: Challenge, at: datetime) -> Wallet:
    try:
        with transaction.atomic():
            return Wallet.objects.create(user=user, address=proof.address, proof=proof, proven_at=at)
    except IntegrityError as taken:
        if "wallet_once" not in str(taken):
            raise
    known = Wallet.objects.filter(user=user, address=proof.address, removed_at=None).first()
    if known is None:
        raise WalletTaken
    return known


def remove(*, wallet: Wallet, by: User, at: datetime) -> None:
    """Payments from the address are not theirs any more; it may be proved again, by whoever holds the key."""
    with transaction.atomic():
        if Wallet.objects.filter(pk=wallet.pk, user=by, removed_at=None).update(removed_at=at):
            entries.append(actor=actor(by), verb="wallet.remove", subject=f"wallet/{wallet.pk}", at=at)
