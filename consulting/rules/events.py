"""Events that a provider of card payments sends: signed with a shared secret, five minutes around their time."""

import hashlib
import hmac
import re
from datetime import datetime, timedelta

TOLERANCE = timedelta(minutes=5)
_HEADER = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})", re.ASCII)


def signature(secret: str, body: bytes, seconds: int) -> str:
    """The header of an event: `t=SECONDS,v1=HEX`, HMAC-SHA256 over `SECONDS.BODY`."""
    digest = hmac.new(secret.encode(), b"%d." % seconds + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"


def genuine(*, secret: str, body: bytes, header: str, now: datetime) -> bool:
    """Whether a body carries the secret's signature, made at most five minutes from now in either direction."""
    found = _HEADER.fullmatch(header)
    if not secret or found is None:
        return False
    expected = signature(secret, body, int(found[1]))
    # In constant time: an answer that comes later for a better guess would tell the signature.
    return hmac.compare_digest(expected, f"t={int(found[1])},v1={found[2]}") and (
        abs(now.timestamp() - int(found[1])) <= TOLERANCE.total_seconds()
    )
