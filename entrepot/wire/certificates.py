"""Checks the issuer of a certificate without the policy of a library."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import Certificate


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
