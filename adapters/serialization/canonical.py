"""One spelling for every document, so that its hash says what it is: JSON by RFC 8785."""

import hashlib
from typing import Any

import msgspec
import rfc8785


def canonical(document: Any) -> bytes:
    """Times as ISO 8601, identifiers as text, everything else as JSON has it."""
    return rfc8785.dumps(msgspec.to_builtins(document, str_keys=True))


def digest(document: Any) -> str:
    """SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(document)).hexdigest()
