"""Documents in one spelling, their hashes, and signatures over them."""

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
        """``key_id`` and ``signature`` of the document's canonical form."""


class IsSigned(Protocol):
    def __call__(self, document: Any, signature: Mapping[str, Any], /) -> bool:
        """Whether ``signature``, as `Sign` made it, is of this document by the expected key."""
