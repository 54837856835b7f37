"""Messages that a wallet signs (EIP-191), and whose address signed one."""

import re
from datetime import UTC, datetime, timedelta

from accounts.refusals import SignatureUnreadable
from accounts.rules.addresses import checksummed

LIFETIME = timedelta(minutes=5)
_SIGNATURE = re.compile(r"0x[0-9a-fA-F]{130}")


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
    text = signature.strip()
    if not _SIGNATURE.fullmatch(text):
        raise SignatureUnreadable
    # Imported here: the curve behind it costs start-up time that most processes never need.
    from eth_account import Account
    from eth_account.messages import encode_defunct
    from eth_keys.exceptions import BadSignature
    from eth_utils.exceptions import ValidationError

    try:
        found = Account.recover_message(encode_defunct(text=message), signature=text)
    except (BadSignature, ValidationError, ValueError) as wrong:
        raise SignatureUnreadable from wrong
    return str(found).lower()


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
