"""Canonical JSON (RFC 8785): equal documents have equal bytes, and equal hashes."""

import hashlib
from typing import Any

import msgspec
import rfc8785


def canonical(document: Any) -> bytes:
    """Encode a document; times become ISO 8601 and UUIDs become text."""
    return rfc8785.dumps(msgspec.to_builtins(document, str_keys=True))


def digest(document: Any) -> str:
    """Return the SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(document)).hexdigest()
