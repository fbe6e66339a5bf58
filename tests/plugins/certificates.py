"""A certificate authority for the tests: root, intermediate and issued certificates."""

from base64 import b64encode
from dataclasses import dataclass, replace
from functools import partial

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from entrepot.simulation.certificates import certificate
from entrepot.simulation.keys import new_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    organisation: str
    name: str
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
        pem = certificate(
            key.public_key(),
            self.name,
            self.middle_key,
            "middle",
            organisation=self.organisation,
        )
        return replace(self, provider=pem, provider_key=key)


def issue(
    organisation: str, merchant: RSAPrivateKey, provider: RSAPrivateKey, name: str = "provider"
) -> Issued:
    """``name`` is the common name of the provider."""
    root, middle = new_key(), new_key()
    issued = partial(certificate, organisation=organisation)
    return Issued(
        organisation=organisation,
        name=name,
        root=issued(root.public_key(), "root", root, "root", ca=True),
        middle=issued(middle.public_key(), "middle", root, "root", ca=True),
        merchant=issued(merchant.public_key(), "merchant", middle, "middle"),
        provider=issued(provider.public_key(), name, middle, "middle"),
        provider_key=provider,
        middle_key=middle,
    )
