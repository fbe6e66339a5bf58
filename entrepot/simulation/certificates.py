"""Certificates of a simulated authority."""

from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import (
    BasicConstraints,
    CertificateBuilder,
    Name,
    NameAttribute,
    NameOID,
    random_serial_number,
)

BEGIN, LIFE = datetime(2026, 1, 1, tzinfo=UTC), timedelta(days=3_650)


def certificate(
    key: RSAPublicKey,
    name: str,
    issuer_key: RSAPrivateKey,
    issuer: str,
    *,
    organisation: str = "Simulated authority",
    ca: bool = False,
) -> str:
    """A PEM certificate of ``key``; ``name`` and ``issuer`` are common names."""
    built = (
        CertificateBuilder()
        .subject_name(_name(organisation, name))
        .issuer_name(_name(organisation, issuer))
        .public_key(key)
        .serial_number(random_serial_number())
        .not_valid_before(BEGIN)
        .not_valid_after(BEGIN + LIFE)
        .add_extension(BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(issuer_key, SHA256())
    )
    return built.public_bytes(Encoding.PEM).decode()


def _name(organisation: str, common: str) -> Name:
    return Name(
        [
            NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )
