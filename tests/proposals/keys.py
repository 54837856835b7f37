"""Wallets of the tests, and what they sign."""

import json
from typing import Any

from eth_account import Account
from eth_account.messages import encode_defunct

from accounts.models import Wallet
from accounts.services import wallets
from members.models import Member
from proposals.models import Ballot
from proposals.selectors import signatures
from tests.proposals.cast import NOW

KEY = Account.from_key("0x" + "11" * 32)
OTHER = Account.from_key("0x" + "22" * 32)
POLL = "0x837fe4dd8be6c1c1c789f68444ddddcddfb2a0ff8cafd28813a11830de8d562f"


def signed(typed: dict[str, Any], key: Any = KEY) -> str:
    """What `eth_signTypedData_v4` gives."""
    return "0x" + bytes(key.sign_typed_data(full_message=typed).signature).hex()


def proved(member: Member, key: Any = KEY) -> Wallet:
    """The member's account has shown that it holds the key."""
    user = member.user
    assert user is not None
    asked = wallets.challenge(address=key.address, purpose=wallets.own(user), user=user, at=NOW)
    text = "0x" + bytes(key.sign_message(encode_defunct(text=asked.message)).signature).hex()
    return wallets.prove(user=user, nonce=asked.nonce, signature=text, at=NOW)


def typed(ballot: Ballot) -> dict[str, Any]:
    """What is to be signed of a ballot."""
    whole = Ballot.objects.select_related("seat__round__proposal").get(pk=ballot.pk)
    return signatures.typed_of(whole, signatures.group())


def message(**changes: Any) -> dict[str, Any]:
    """A vote's message as Snapshot's page makes it."""
    return {
        "from": KEY.address, "space": "lxdao.eth", "timestamp": 1719884056, "proposal": POLL, "choice": 1,
        "reason": "", "app": "snapshot", "metadata": "{}",
    } | changes  # fmt: skip


def vote_types(poll: str = "string", choice: str = "uint32", voter: str = "string") -> list[dict[str, str]]:
    """The fields of a vote's types."""
    kinds = [
        ("from", voter), ("space", "string"), ("timestamp", "uint64"), ("proposal", poll), ("choice", choice),
        ("reason", "string"), ("app", "string"), ("metadata", "string"),
    ]  # fmt: skip
    return [{"name": name, "type": kind} for name, kind in kinds]


def envelope(
    key: Any = KEY, fields: list[dict[str, str]] | None = None, values: dict[str, Any] | None = None
) -> dict[str, Any]:
    """A vote that the key signed, as Snapshot's page sends it."""
    kinds, said = fields or vote_types(), values or message()
    domain = {"name": "snapshot", "version": "0.1.4"}
    domain_type = [{"name": "name", "type": "string"}, {"name": "version", "type": "string"}]
    types = {"EIP712Domain": domain_type, "Vote": kinds}
    whole = {"types": types, "primaryType": "Vote", "domain": domain, "message": said}
    sig = signed(whole, key)
    return {"address": key.address, "sig": sig, "data": {"domain": domain, "types": {"Vote": kinds}, "message": said}}


def pasted(*args: Any, **more: Any) -> str:
    """The same as text."""
    return json.dumps(envelope(*args, **more))
