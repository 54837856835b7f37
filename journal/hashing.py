"""Canonical JSON and domain-separated SHA-256, as fixed in docs/journal.md."""

import hashlib
import json
import unicodedata
from typing import Any


def _normalise(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, bool) or value is None or isinstance(value, int):
        return value
    if isinstance(value, dict):
        return {_normalise(str(key)): _normalise(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_normalise(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no canonical form: use a string")


def canonical(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys, no spaces, NFC strings; floats and other types are a TypeError."""
    text = json.dumps(_normalise(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def digest(domain: str, value: Any) -> str:
    """64 hex characters of SHA-256 over `expertgroup/<domain>/v1`, a newline, and the canonical JSON of value."""
    return hashlib.sha256(f"expertgroup/{domain}/v1\n".encode() + canonical(value)).hexdigest()


def salted(salt: str, text: str) -> str:
    """The digest that an append-only row keeps of an erasable text: once text and salt are erased it says nothing."""
    return digest("text", [salt, text])
