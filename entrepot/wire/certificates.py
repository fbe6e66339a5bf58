"""Certificates whose chain is checked without a library's policy."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import Certificate


def issued_by(child: Certificate, parent: Certificate) -> bool:
    """Whether the RSA key of ``parent`` signed ``child``, as its issuer by name."""
    # Not verify_directly_issued_by: it refuses SHA-1, with which CFCA still signs.
    key, algorithm = parent.public_key(), child.signature_hash_algorithm
    if child.issuer != parent.subject or not isinstance(key, RSAPublicKey) or algorithm is None:
        return False
    try:
        key.verify(child.signature, child.tbs_certificate_bytes, PKCS1v15(), algorithm)
    except InvalidSignature:
        return False
    return True
