"""Two members with a wallet: one signed a ballot, one could; a vote from Snapshot lies beside the open admission."""

import json
from datetime import datetime, timedelta
from typing import Any

from eth_account import Account
from eth_account.messages import encode_defunct

from accounts.models import User
from accounts.services import wallets
from expertgroup.demo.cast import CANDIDATE, JOINERS, LEADERS
from expertgroup.demo.people import member
from expertgroup.demo.script import Script
from members.models import Member
from proposals.models import Ballot, Proposal
from proposals.rules import snapshots
from proposals.selectors.signatures import group, typed_of
from proposals.services import evidence, signatures

# Keys of the play: everybody knows them, nothing is ever paid to them.
KEYS = {"tomas": "0x" + "5a" * 32, LEADERS[-1]: "0x" + "5b" * 32, "community": "0x" + "5c" * 32}
SIGNER = "tomas"
POLL = "0x" + "3f" * 32
# The order and the types of Snapshot's own page.
TYPES = ("string", "string", "uint64", "string", "uint32", "string", "string", "string")


def write(script: Script) -> None:
    """Wallets and the signature two days ago, the vote yesterday."""
    for handle in (SIGNER, LEADERS[-1]):
        script.add(script.now - timedelta(days=2, hours=2), _prove, handle=handle)
    script.add(script.now - timedelta(days=2, hours=1), _sign)
    script.add(script.now - timedelta(days=1), _add_vote)


def _prove(at: datetime, handle: str) -> None:
    user, key = _user(member(handle)), _key(handle)
    asked = wallets.challenge(address=key.address, purpose=wallets.own(user), user=user, at=at, clock=lambda: at)
    signature = _hex(key.sign_message(encode_defunct(text=asked.message)))
    wallets.prove(user=user, nonce=asked.nonce, signature=signature, at=at, clock=lambda: at)


def _sign(at: datetime) -> None:
    """The ballot in the last admission that passed."""
    proposal = Proposal.objects.get(application__user__email=JOINERS[-1].email)
    ballots = Ballot.objects.select_related("seat__round__proposal").filter(seat__member__handle=SIGNER)
    ballot = ballots.filter(proposal=proposal).latest("number")
    signature = _hex(_key(SIGNER).sign_typed_data(full_message=typed_of(ballot, group())))
    signatures.sign(
        proposal=proposal.number,
        number=ballot.number,
        by=_user(member(SIGNER)),
        signature=signature,
        clock=lambda: at,
    )


def _add_vote(at: datetime) -> None:
    key = _key("community")
    message = {
        "from": key.address, "space": "experts.example", "timestamp": int(at.timestamp()) - 3600, "proposal": POLL,
        "choice": 1, "reason": "", "app": "snapshot", "metadata": "{}",
    }  # fmt: skip
    fields = [{"name": name, "type": kind} for name, kind in zip(snapshots.FIELDS, TYPES, strict=True)]
    envelope: dict[str, Any] = {
        "address": key.address,
        "data": {"domain": snapshots.DOMAIN, "types": {"Vote": fields}, "message": message},
    }
    envelope["sig"] = _hex(key.sign_typed_data(full_message=snapshots.typed(envelope)))
    proposal = Proposal.objects.get(application__user__email=CANDIDATE.email)
    evidence.add(proposal=proposal, envelope=json.dumps(envelope), by=member(LEADERS[-1]), clock=lambda: at)


def _key(name: str) -> Any:
    return Account.from_key(KEYS[name])


def _user(who: Member) -> User:
    assert who.user is not None
    return who.user


def _hex(signed: Any) -> str:
    return "0x" + bytes(signed.signature).hex()
