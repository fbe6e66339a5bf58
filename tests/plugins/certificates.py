"""A small authority of the tests: a root, a middle, and what they sign."""

from base64 import b64encode
from dataclasses import dataclass, replace
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

from entrepot.simulation.keys import new_key

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    organisation: str
    root: str
    middle: str
    merchant: str
    provider: str
    provider_key: RSAPrivateKey
    middle_key: RSAPrivateKey

    @property
    def provider_base64(self) -> str:
        return b64encode((self.provider + self.middle).encode()).decode()

    def renew(self, key: RSAPrivateKey) -> "Issued":
        """The provider's next certificate, from the same authority."""
        pem = sign(self.organisation, "provider 2", key.public_key(), "middle", self.middle_key)
        return replace(self, provider=pem, provider_key=key)


def issue(organisation: str, merchant: RSAPrivateKey, provider: RSAPrivateKey) -> Issued:
    root, middle = new_key(), new_key()
    return Issued(
        organisation=organisation,
        root=sign(organisation, "root", root.public_key(), "root", root, ca=True),
        middle=sign(organisation, "middle", middle.public_key(), "root", root, ca=True),
        merchant=sign(organisation, "merchant", merchant.public_key(), "middle", middle),
        provider=sign(organisation, "provider", provider.public_key(), "middle", middle),
        provider_key=provider,
        middle_key=middle,
    )


def sign(
    organisation: str,
    name: str,
    key: RSAPublicKey,
    issuer: str,
    issuer_key: RSAPrivateKey,
    *,
    ca: bool = False,
) -> str:
    built = (
        CertificateBuilder()
        .subject_name(_name(organisation, name))
        .issuer_name(_name(organisation, issuer))
        .public_key(key)
        .serial_number(random_serial_number())
        .not_valid_before(BEGIN)
        .not_valid_after(BEGIN + timedelta(days=3_650))
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
