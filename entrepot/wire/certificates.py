"""Checks the chain of a certificate without the policy of a library.

Source: RFC 5280, sections 4.2.1.3, 4.2.1.9 and 6.1.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import (
    BasicConstraints,
    Certificate,
    ExtensionNotFound,
    KeyUsage,
    NameOID,
)

LONGEST_CHAIN = 4
"""The most authorities between a certificate and its root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorities:
    """The authorities in the settings: roots, and intermediates that the operator trusts.

    The operator vouches for these. A certificate of a message is an authority only if its own
    authority says so in it: otherwise each merchant could issue certificates.
    """

    roots: tuple[Certificate, ...]
    middles: tuple[Certificate, ...] = ()

    def vouch_for(
        self, leaf: Certificate, at: datetime, others: Iterable[Certificate] = ()
    ) -> bool:
        """Whether a chain of certificates, all valid at ``at``, leads from ``leaf`` to a root.

        ``others`` came with the certificate.
        """
        middles = (*self.middles, *(each for each in others if is_authority(each)))
        return self._leads_to_a_root(leaf, at, middles, LONGEST_CHAIN)

    def _leads_to_a_root(
        self, child: Certificate, at: datetime, middles: tuple[Certificate, ...], left: int
    ) -> bool:
        if not valid_at(child, at):
            return False
        if any(valid_at(root, at) and issued_by(child, root) for root in self.roots):
            return True
        return left > 0 and any(
            issued_by(child, middle) and self._leads_to_a_root(middle, at, middles, left - 1)
            for middle in middles
        )


def is_authority(certificate: Certificate) -> bool:
    """Whether the certificate may sign certificates (basic constraints and key usage)."""
    extensions = certificate.extensions
    try:
        constraints = extensions.get_extension_for_class(BasicConstraints).value
    except ExtensionNotFound:
        return False
    try:
        signs = extensions.get_extension_for_class(KeyUsage).value.key_cert_sign
    except ExtensionNotFound:
        signs = True
    return constraints.ca and signs


def valid_at(certificate: Certificate, at: datetime) -> bool:
    """Whether the certificate is valid at this time; its chain is not checked."""
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def common_name(certificate: Certificate) -> str:
    """Of the subject; empty if it has none, or several."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if len(names) == 1 else ""


def issued_by(child: Certificate, parent: Certificate) -> bool:
    """Whether ``parent`` is the issuer of ``child`` by name, and its RSA key signed it."""
    # Not verify_directly_issued_by: it refuses SHA-1, with which CFCA still signs.
    key, algorithm = parent.public_key(), child.signature_hash_algorithm
    if child.issuer != parent.subject or not isinstance(key, RSAPublicKey) or algorithm is None:
        return False
    try:
        key.verify(child.signature, child.tbs_certificate_bytes, PKCS1v15(), algorithm)
    except InvalidSignature:
        return False
    return True
