"""Messages that a wallet signs (EIP-191 texts, EIP-712 typed data), and whose address signed one."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from accounts.refusals import SignatureUnreadable
from accounts.rules.addresses import checksummed

if TYPE_CHECKING:
    from eth_account.messages import SignableMessage

LIFETIME = timedelta(minutes=5)
_SIGNATURE = re.compile(r"0x[0-9a-f]{128}(00|01|1b|1c)")
# Half the order of secp256k1: of the two forms that every signature has, only the lower counts (EIP-2).
_HALF = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0


def challenge_text(
    *, domain: str, uri: str, address: str, purpose: str, nonce: str, issued_at: datetime, expires_at: datetime
) -> str:
    """What the person reads in the wallet and signs. English and ASCII: some wallets show anything else as digits."""
    return "\n".join(
        (
            f"{domain} asks you to prove that this address is yours:",
            checksummed(address),
            "",
            f"For: {purpose}.",
            "This pays nothing, allows nothing to be paid, and signs nobody in.",
            "",
            f"URI: {uri}",
            f"Nonce: {nonce}",
            f"Issued At: {_text(issued_at)}",
            f"Expiration Time: {_text(expires_at)}",
        )
    )


def signer(message: str, signature: str) -> str:
    """The address (small letters) whose key signed the message by `personal_sign`; SignatureUnreadable if none did.

    Any 65 bytes may give some address: the caller compares it with the one that it expects.
    """
    # Imported here as below: the curve behind it costs start-up time that most processes never need.
    from eth_account.messages import encode_defunct

    return _signer(encode_defunct(text=message), signature)


def plain(signature: str) -> str:
    """The one form in which a signature is kept: small letters, the last byte 27 or 28 (some wallets write 0 or 1).

    Raises SignatureUnreadable.
    """
    text = signature.strip().lower()
    if not _SIGNATURE.fullmatch(text) or int(text[66:130], 16) > _HALF:
        raise SignatureUnreadable
    return text[:-2] + {"00": "1b", "01": "1c"}.get(text[-2:], text[-2:])


def typed_signer(typed: Mapping[str, Any], signature: str) -> str:
    """The same for typed data (EIP-712, `eth_signTypedData_v4`); refused too where a value does not suit its type."""
    return _signer(_encoded(typed), signature)


def typed_digest(typed: Mapping[str, Any]) -> str:
    """The EIP-712 digest that is signed: 64 hexadecimal digits. Raises SignatureUnreadable as above."""
    from eth_utils.crypto import keccak

    message = _encoded(typed)
    return keccak(b"\x19" + message.version + message.header + message.body).hex()


def _encoded(typed: Mapping[str, Any]) -> "SignableMessage":
    from eth_abi.exceptions import EncodingError
    from eth_account.messages import encode_typed_data
    from eth_utils.exceptions import ValidationError

    try:
        return encode_typed_data(full_message=dict(typed))
    except (EncodingError, ValidationError, ValueError, TypeError) as wrong:
        raise SignatureUnreadable from wrong


def _signer(message: "SignableMessage", signature: str) -> str:
    text = plain(signature)
    from eth_account import Account
    from eth_keys.exceptions import BadSignature
    from eth_utils.exceptions import ValidationError

    try:
        found = Account.recover_message(message, signature=text)
    except (BadSignature, ValidationError, ValueError) as wrong:
        raise SignatureUnreadable from wrong
    return str(found).lower()


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
