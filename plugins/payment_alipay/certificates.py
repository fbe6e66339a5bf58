"""Certificate mode: Alipay's serial numbers, and the check of a certificate chain."""

import re
from collections.abc import Sequence
from hashlib import md5

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import Certificate, load_pem_x509_certificate

from entrepot.wire import issued_by

PEM = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
RSA_SIGNATURES = "1.2.840.113549.1.1"


def certificates_of(bundle: str) -> tuple[Certificate, ...]:
    """Every readable certificate. Alipay's root bundle has one that cannot be read."""
    found = []
    for pem in PEM.findall(bundle):
        try:
            found.append(load_pem_x509_certificate(pem.encode()))
        except ValueError:
            continue
    return tuple(found)


def serial_of(certificate: Certificate) -> str:
    """MD5 of the issuer's name and the decimal serial number: an identifier, not a protection."""
    text = f"{certificate.issuer.rfc4514_string()}{certificate.serial_number}"
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def root_serial_of(bundle: str) -> str:
    """The serials of the certificates with an RSA signature, joined by ``_``."""
    return "_".join(
        serial_of(each)
        for each in certificates_of(bundle)
        if each.signature_algorithm_oid.dotted_string.startswith(RSA_SIGNATURES)
    )


def trusted_key(bundle: str, roots: Sequence[Certificate]) -> tuple[str, RSAPublicKey]:
    """The serial and the key of the first certificate, if its chain ends at one of ``roots``.

    Raises:
        ValueError: it does not.
    """
    leaf, *others = certificates_of(bundle)
    current = leaf
    for _ in range(len(others) + 1):
        issuer = next((each for each in (*roots, *others) if issued_by(current, each)), None)
        if issuer is None:
            break
        if issuer in roots:
            key = leaf.public_key()
            if not isinstance(key, RSAPublicKey):
                break
            return serial_of(leaf), key
        current = issuer
    raise ValueError("a certificate without a chain to the root")
