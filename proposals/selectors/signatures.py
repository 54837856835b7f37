"""Signatures of ballots and evidence: what is to be signed, what is shown, what does not hold."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import QuerySet

from accounts.models import User
from accounts.refusals import SignatureUnreadable
from accounts.rules import signatures as wallets
from journal.refusals import Refusal
from journal.rules import utc_text
from proposals.models import Ballot, BallotSignature, Evidence, Proposal, Round
from proposals.refusals import RoundHidden
from proposals.rules import signatures, snapshots
from proposals.selectors.motions import times_of
from proposals.selectors.visibility import Reader, is_sealed, sees_evidence


def group() -> str:
    """How a message that is signed today names this group: the host of its site."""
    return urlsplit(str(settings.BASE_URL)).netloc


def ballot_of(proposal: int, number: int, user: User) -> Ballot | None:
    """A user's own ballot by its proposal's number and its own, with everything that is signed of it, or None.

    RoundHidden while a hidden round of the proposal runs, for every number that is no ballot of a round before: whoever
    tried numbers would find the place of the own ballot, and so how many others came before.
    """
    found = _whole().filter(proposal__number=proposal, number=number, seat__member__user=user).first()
    last = Round.objects.filter(proposal__number=proposal).select_related("outcome").order_by("-number").first()
    if last is None or not is_sealed(last) or (found is not None and found.seat.round_id != last.pk):
        return found
    raise RoundHidden


def replaced(ballot: Ballot) -> bool:
    """Whether a newer ballot counts in its seat."""
    return Ballot.objects.filter(seat=ballot.seat_id, seq__gt=ballot.seq).exists()


def typed_of(ballot: Ballot, named: str) -> dict[str, Any]:
    """The typed data of a ballot for a group of this name; seat, round and proposal are at hand."""
    held = ballot.seat.round
    return signatures.typed_ballot(
        group=named,
        proposal=held.proposal.number,
        round_number=held.number,
        electorate=held.electorate_digest,
        rule=signatures.rule_digest(rule=held.rule, edition=held.edition),
        choice=ballot.choice,
        reason=ballot.reason_digest,
        nonce=ballot.nonce,
        receipt=ballot.receipt,
    )


def signature_value(signed: BallotSignature | None) -> dict[str, str] | None:
    """A signature as files and the API show it."""
    if signed is None:
        return None
    return {
        "group": signed.group,
        "address": signed.address,
        "signature": signed.signature,
        "digest": signed.digest,
        "signed_at": utc_text(signed.signed_at),
    }


def broken_signatures() -> Iterator[str]:
    """A sentence for each signature that its ballot and its address do not give."""
    for ballot in _whole().filter(signature__isnull=False).order_by("pk").iterator(chunk_size=200):
        signed = ballot.signature
        typed = typed_of(ballot, signed.group)
        try:
            found = (wallets.typed_signer(typed, signed.signature), wallets.typed_digest(typed))
        except SignatureUnreadable:
            found = ("", "")
        if found != (signed.address, signed.digest):
            yield f"proposals_ballotsignature {ballot.pk}: is not the signature of its address for its ballot"


def evidence_of(proposal: Proposal, *, reader: Reader, at: datetime) -> list[Evidence] | None:
    """A proposal's evidence in its order (at most 50), or None for who may not see it yet."""
    last = Round.objects.filter(proposal=proposal).select_related("outcome").order_by("-number").first()
    closed = last is not None and (getattr(last, "outcome", None) is not None or at >= times_of(last).deadline_at)
    if not sees_evidence(reader, closed=closed):
        return None
    return list(Evidence.objects.filter(proposal=proposal).select_related("added_by").order_by("number"))


def broken_evidence() -> Iterator[str]:
    """A sentence for each piece of evidence that its own signature does not bear out."""
    for row in Evidence.objects.order_by("pk").iterator(chunk_size=200):
        written = json.dumps(row.envelope, ensure_ascii=False, separators=(",", ":"))
        try:
            holds = snapshots.digest(snapshots.read(written)) == row.digest
        except Refusal:
            holds = False
        if not holds:
            yield f"proposals_evidence {row.pk}: is not what its address signed"


def _whole() -> QuerySet[Ballot]:
    return Ballot.objects.select_related("seat__round__proposal", "seat__member", "signature")
