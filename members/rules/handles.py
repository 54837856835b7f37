"""Handles: pseudonyms that are permanent and stand in the ledger."""

import re

from members.models import HANDLE, RESERVED_HANDLES
from members.refusals.people import BadHandle, ReservedHandle

_HANDLE = re.compile(HANDLE.removeprefix("^").removesuffix("$"))


def check(handle: str) -> str:
    """The handle itself; BadHandle or ReservedHandle. Whether it is free only the database knows."""
    if not _HANDLE.fullmatch(handle):
        raise BadHandle
    if handle in RESERVED_HANDLES:
        raise ReservedHandle
    return handle


def suggest(email: str) -> str:
    """A handle made from an address, or nothing when none can be made."""
    start = re.sub(r"[^a-z0-9-]", "", email.partition("@")[0].lower()).lstrip("0123456789-")[:31]
    try:
        return check(start)
    except (BadHandle, ReservedHandle):
        return ""
