"""What a member's wallet signs of a ballot (EIP-712), as fixed in docs/signatures.md; a stranger recomputes it from it.

The domain is our own, so that nothing signed here counts anywhere else. The receipt in the message binds everything
that the links before it bind: the acts, the words and the times of the round.
"""

from typing import Any

from journal.hashing import digest

DOMAIN = {"name": "Expert Group", "version": "1"}
DOMAIN_TYPE = [{"name": "name", "type": "string"}, {"name": "version", "type": "string"}]
# The names and types in the order in which EIP-712 encodes them: another order is another message.
BALLOT_TYPE = [
    {"name": "group", "type": "string"},
    {"name": "proposal", "type": "uint64"},
    {"name": "round", "type": "uint64"},
    {"name": "electorate", "type": "bytes32"},
    {"name": "rule", "type": "bytes32"},
    {"name": "choice", "type": "string"},
    {"name": "reason", "type": "bytes32"},
    {"name": "nonce", "type": "bytes16"},
    {"name": "receipt", "type": "bytes32"},
]
NO_REASON = "0" * 64


def rule_digest(*, rule: str, edition: int) -> str:
    """The digest of the rule that a round is decided by, with the edition of the charter that it stands in."""
    return digest("rule", {"rule": rule, "edition": edition})


def typed_ballot(
    *,
    group: str,
    proposal: int,
    round_number: int,
    electorate: str,
    rule: str,
    choice: str,
    reason: str,
    nonce: str,
    receipt: str,
) -> dict[str, Any]:
    """The typed data for `eth_signTypedData_v4`. Digests come without 0x; `rule` is a rule's, `reason` may be empty."""
    return {
        "types": {"EIP712Domain": DOMAIN_TYPE, "Ballot": BALLOT_TYPE},
        "primaryType": "Ballot",
        "domain": DOMAIN,
        "message": {
            "group": group,
            "proposal": proposal,
            "round": round_number,
            "electorate": f"0x{electorate}",
            "rule": f"0x{rule}",
            "choice": choice,
            "reason": f"0x{reason or NO_REASON}",
            "nonce": f"0x{nonce}",
            "receipt": f"0x{receipt}",
        },
    }
