"""Canonical JSON documents, their hashes and their signatures."""

from collections.abc import Mapping
from typing import Any, Protocol


class Canonical(Protocol):
    def __call__(self, document: Any, /) -> bytes:
        """The document in canonical JSON (RFC 8785): equal documents give equal bytes."""


class Digest(Protocol):
    def __call__(self, document: Any, /) -> str:
        """SHA-256 of the canonical form, in hexadecimal."""


class Sign(Protocol):
    def __call__(self, document: Mapping[str, Any], /) -> Mapping[str, str]:
        """Sign the canonical form. Returns ``key_id`` and ``signature``."""


class IsSigned(Protocol):
    def __call__(self, document: Any, signature: Mapping[str, Any], /) -> bool:
        """True if ``signature`` (from `Sign`) is valid for this document and the expected key."""
