"""Signing one's ballot with a wallet, after it was cast."""

from django.db import transaction

from accounts.models import User
from accounts.rules import signatures as rules
from accounts.selectors import wallets_of
from journal.clock import Clock, database_clock
from journal.services import entries
from proposals.models import BallotSignature
from proposals.refusals import AlreadySigned, BallotReplaced, UnknownBallot, WalletUnproven
from proposals.selectors import signatures
from proposals.services import locks


def sign(*, proposal: int, number: int, by: User, signature: str, clock: Clock = database_clock) -> BallotSignature:
    """Keeps what a proved wallet of `by` signed of their ballot `number` of the proposal with this number.

    Raises RoundHidden, UnknownBallot, SignatureUnreadable, WalletUnproven, BallotReplaced, AlreadySigned.
    """
    ballot = signatures.ballot_of(proposal, number, by)
    if ballot is None:
        raise UnknownBallot
    # All that is signed never changes: the curve is worked out before anybody waits for the lock.
    named = signatures.group()
    typed = signatures.typed_of(ballot, named)
    address = rules.typed_signer(typed, signature)
    digest = rules.typed_digest(typed)
    with transaction.atomic():
        locks.hold(ballot.proposal_id)
        at = clock()
        if signatures.replaced(ballot):
            raise BallotReplaced
        if BallotSignature.objects.filter(ballot=ballot).exists():
            raise AlreadySigned
        if not wallets_of(by).filter(address=address).exists():
            raise WalletUnproven
        signed = BallotSignature.objects.create(
            ballot=ballot,
            group=named,
            address=address,
            signature=rules.plain(signature),
            digest=digest,
            signed_at=at,
        )
        entries.append(
            actor=f"member:{ballot.seat.member.handle}",
            verb="ballot.sign",
            subject=f"proposal/{proposal}/round/{ballot.seat.round.number}",
            data={"number": number, "digest": digest, "address": address},
            at=at,
        )
    return signed
