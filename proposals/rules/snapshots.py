"""A vote cast on Snapshot, read and checked from its envelope alone. Nothing here asks anybody."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.refusals import SignatureUnreadable
from accounts.rules import signatures
from accounts.rules.addresses import well_formed
from proposals.refusals import EvidenceForeign, EvidenceUnreadable

LONGEST = 20_000
DOMAIN = {"name": "snapshot", "version": "0.1.4"}
DOMAIN_TYPE = [{"name": "name", "type": "string"}, {"name": "version", "type": "string"}]
# What Snapshot itself takes; a message of other bounds was never a vote there.
REASON_MOST, APP_MOST, NAME_MOST, CHOICES_MOST = 5000, 24, 256, 1000
LAST_SECOND = 253_402_300_799
_DIGEST = re.compile(r"0x[0-9a-fA-F]{64}")


@dataclass(frozen=True)
class Vote:
    """What an envelope says: who signed (small letters), in which space and poll, what, and when by their own word."""

    signer: str
    space: str
    poll: str
    choice: int | tuple[int, ...] | str
    at: datetime
    reason: str


def _text(most: int, least: int = 0) -> Callable[[Any], bool]:
    def fits(value: Any) -> bool:
        return isinstance(value, str) and least <= len(value) <= most and "\0" not in value and _writable(value)

    return fits


def _writable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _number(last: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= last


def _numbers(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= CHOICES_MOST and all(map(_number(2**32 - 1), value))


def _address(value: Any) -> bool:
    return isinstance(value, str) and well_formed(value)


def _poll(value: Any) -> bool:
    return isinstance(value, str) and bool(_DIGEST.fullmatch(value))


# Name, then the types that it may have with what a value of each is. The order is the order in the signed message.
FIELDS: dict[str, dict[str, Callable[[Any], bool]]] = {
    "from": {"string": _address, "address": _address},
    "space": {"string": _text(NAME_MOST, 1)},
    "timestamp": {"uint64": _number(LAST_SECOND)},
    "proposal": {"string": _text(NAME_MOST, 1), "bytes32": _poll},
    "choice": {"uint32": _number(2**32 - 1), "uint32[]": _numbers, "string": _text(REASON_MOST)},
    "reason": {"string": _text(REASON_MOST)},
    "app": {"string": _text(APP_MOST)},
    "metadata": {"string": _text(REASON_MOST)},
}


def read(text: str) -> dict[str, Any]:
    """The envelope of a pasted text, without anything that is not signed. Raises EvidenceUnreadable."""
    if len(text) > LONGEST:
        raise EvidenceUnreadable(_("The text is longer than a vote can be: 20,000 characters."))
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise EvidenceUnreadable from wrong
    data = _part(found, "data", Mapping)
    message, types = _part(data, "message", Mapping), _part(data, "types", Mapping)
    _check(_part(data, "domain", Mapping), types, message)
    address, signature = _part(found, "address", str), _part(found, "sig", str)
    if not well_formed(address) or address.lower() != message["from"].lower():
        raise EvidenceUnreadable(
            _("The address of the vote is not the one that signed. A delegate's vote proves nothing here.")
        )
    kept = {"domain": DOMAIN, "types": {"Vote": types["Vote"]}, "message": dict(message)}
    return {"address": address, "sig": signature, "data": kept}


def _part(value: Any, name: str, kind: type[Any]) -> Any:
    part = value.get(name) if isinstance(value, Mapping) else None
    if not isinstance(part, kind):
        raise EvidenceUnreadable(_("The part “%(name)s” is missing, or is not what a vote has there.") % {"name": name})
    return part


def _check(domain: Mapping[str, Any], types: Mapping[str, Any], message: Mapping[str, Any]) -> None:
    """Domain, types and values are those of a vote, and nothing else."""
    if domain != DOMAIN:
        raise EvidenceUnreadable(_("The domain is not the one that Snapshot signs votes in."))
    fields = types.get("Vote")
    if set(types) != {"Vote"} or not isinstance(fields, list) or len(fields) != len(FIELDS):
        raise EvidenceUnreadable(_("The types are not those of a vote."))
    for field, (name, kinds) in zip(fields, FIELDS.items(), strict=True):
        kind = field.get("type") if isinstance(field, dict) else None
        if not isinstance(kind, str) or kind not in kinds or field != {"name": name, "type": kind}:
            raise EvidenceUnreadable(_("The types are not those of a vote."))
        if not kinds[kind](message.get(name)):
            raise EvidenceUnreadable(_("The value of “%(name)s” is not one of a vote.") % {"name": name})
    if set(message) != set(FIELDS):
        raise EvidenceUnreadable(_("The message has other fields than a vote."))


def typed(envelope: Mapping[str, Any]) -> dict[str, Any]:
    """The typed data that was signed, of an envelope that `read` gave."""
    data = envelope["data"]
    types = {"EIP712Domain": DOMAIN_TYPE, "Vote": data["types"]["Vote"]}
    return {"types": types, "primaryType": "Vote", "domain": data["domain"], "message": data["message"]}


def digest(envelope: Mapping[str, Any]) -> str:
    """The digest that was signed: the vote's id on Snapshot, without 0x. Raises EvidenceForeign."""
    message = typed(envelope)
    try:
        signer = signatures.typed_signer(message, envelope["sig"])
    except SignatureUnreadable as wrong:
        raise EvidenceForeign from wrong
    if signer != envelope["address"].lower():
        raise EvidenceForeign
    return signatures.typed_digest(message)


def vote(envelope: Mapping[str, Any]) -> Vote:
    """What a checked envelope says."""
    message = envelope["data"]["message"]
    choice = message["choice"]
    return Vote(
        signer=envelope["address"].lower(),
        space=message["space"],
        poll=message["proposal"],
        choice=tuple(choice) if isinstance(choice, list) else choice,
        at=datetime.fromtimestamp(message["timestamp"], tz=UTC),
        reason=message["reason"],
    )
