"""Certificate mode: Alipay's serial numbers, and the check of a certificate chain."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import md5

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import Certificate, load_pem_x509_certificate

from entrepot.wire import Authorities, common_name
from plugins.payment_alipay.settings import AlipayAccount

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


@dataclass(frozen=True, slots=True)
class AlipayCertificates:
    """The certificates with which Alipay may sign, by serial.

    The same authority certifies Alipay and all merchants. The common name of Alipay's own is
    ``支付宝(中国)网络技术有限公司-2088…``, with the seller of the account; a merchant's is
    ``2088…-2021…``.
    """

    authorities: Authorities
    signers: frozenset[str]
    seller_id: str
    known: dict[str, tuple[Certificate, ...]]

    @classmethod
    def of(cls, account: AlipayAccount) -> "AlipayCertificates":
        """Read the settings.

        Raises:
            ValueError: a certificate is not Alipay's, or has no chain to the root.
        """
        bundles = [certificates_of(each) for each in account.alipay_certificates]
        middles = tuple(each for _leaf, *others in bundles for each in others)
        roots = certificates_of(account.root_certificates)
        certificates = cls(
            Authorities(roots=roots, middles=middles),
            frozenset(account.alipay_signers),
            account.seller_id or _seller_of(bundles),
            {},
        )
        for leaf, *_ in bundles:
            # An expired certificate does not stop the shop: Alipay names its successor.
            certificates._accept(leaf, (), leaf.not_valid_before_utc)
        return certificates

    def keys(self, at: datetime) -> dict[str, RSAPublicKey]:
        """The keys whose certificates are valid at ``at``, by serial."""
        return {
            serial: _key_of(leaf)
            for serial, (leaf, *others) in self.known.items()
            if self.authorities.vouch_for(leaf, at, others)
        }

    def add(self, bundle: str, at: datetime) -> None:
        """Accept the first certificate of a bundle that came over the network.

        Raises:
            ValueError: it is not Alipay's, has no chain to the root, or is not valid at ``at``.
        """
        leaf, *others = certificates_of(bundle)
        self._accept(leaf, others, at)

    def _accept(self, leaf: Certificate, others: Sequence[Certificate], at: datetime) -> None:
        name, _, seller = common_name(leaf).rpartition("-")
        if name not in self.signers or seller != self.seller_id:
            raise ValueError("a certificate that is not Alipay's for this seller")
        if not self.authorities.vouch_for(leaf, at, others):
            raise ValueError("a certificate without a valid chain to the root")
        _key_of(leaf)
        self.known[serial_of(leaf)] = (leaf, *others)


def _seller_of(bundles: Sequence[Sequence[Certificate]]) -> str:
    """Without a seller in the settings, the configured certificates name it."""
    sellers = {common_name(leaf).rpartition("-")[2] for leaf, *_ in bundles}
    return sellers.pop() if len(sellers) == 1 else ""


def _key_of(certificate: Certificate) -> RSAPublicKey:
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey):
        raise ValueError("a certificate without an RSA key")  # noqa: TRY004 -- a wrong value
    return key
