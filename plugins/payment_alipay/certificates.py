"""Certificate mode: serial numbers as Alipay counts them, and a chain that is checked."""

import re
from collections.abc import Sequence
from hashlib import md5

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import Certificate, load_pem_x509_certificate

PEM = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
RSA_SIGNATURES = "1.2.840.113549.1.1"


def certificates_of(bundle: str) -> tuple[Certificate, ...]:
    """Every certificate that can be read: Alipay's own bundle has one that cannot."""
    found = []
    for pem in PEM.findall(bundle):
        try:
            found.append(load_pem_x509_certificate(pem.encode()))
        except ValueError:
            continue
    return tuple(found)


def serial_of(certificate: Certificate) -> str:
    """MD5 of the issuer's name and the decimal serial number: a name, not a protection."""
    text = f"{certificate.issuer.rfc4514_string()}{certificate.serial_number}"
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def root_serial_of(bundle: str) -> str:
    """Those of the certificates with an RSA signature, joined by ``_``."""
    return "_".join(
        serial_of(each)
        for each in certificates_of(bundle)
        if each.signature_algorithm_oid.dotted_string.startswith(RSA_SIGNATURES)
    )


def trusted_key(bundle: str, roots: Sequence[Certificate]) -> tuple[str, RSAPublicKey]:
    """The serial and the key of the first certificate, if its chain ends at a root of ours.

    Raises:
        ValueError: it does not.
    """
    leaf, *others = certificates_of(bundle)
    current = leaf
    for _ in range(len(others) + 1):
        issuer = next((each for each in (*roots, *others) if _issued(current, each)), None)
        if issuer is None:
            break
        if issuer in roots:
            key = leaf.public_key()
            if not isinstance(key, RSAPublicKey):
                break
            return serial_of(leaf), key
        current = issuer
    raise ValueError("a certificate without a chain to the root")


def _issued(child: Certificate, parent: Certificate) -> bool:
    key, digest = parent.public_key(), child.signature_hash_algorithm
    if child.issuer != parent.subject or not isinstance(key, RSAPublicKey) or digest is None:
        return False
    try:
        key.verify(child.signature, child.tbs_certificate_bytes, PKCS1v15(), digest)
    except InvalidSignature:
        return False
    return True
