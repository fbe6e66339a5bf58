"""The certificate in a message comes from its sender and is not trusted by itself.

Its chain must lead to the configured root, be valid now, and name UnionPay: a merchant's own
certificate has the same authority.
"""

from collections.abc import Sequence
from datetime import datetime

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import Certificate, InvalidVersion, load_pem_x509_certificate

from entrepot import BadSignature
from entrepot.wire import Authorities, common_name

NAME_PARTS = 3
UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm, InvalidVersion)
"""What cryptography raises for a certificate with changed bytes."""


class Chain:
    def __init__(self, root: str, middles: Sequence[str], signers: Sequence[str]) -> None:
        """Raises `ValueError` for a certificate that cannot be read."""
        self._authorities = Authorities(
            roots=(load_pem_x509_certificate(root.encode()),),
            middles=tuple(load_pem_x509_certificate(each.encode()) for each in middles),
        )
        self._signers = frozenset(signers)

    def key_of(self, pem: str, at: datetime) -> RSAPublicKey:
        """The key of UnionPay's certificate, valid at ``at``. Raises `BadSignature`."""
        try:
            leaf = load_pem_x509_certificate(pem.encode())
            key = leaf.public_key()
            trusted = self._names_unionpay(leaf) and self._authorities.vouch_for(leaf, at)
        except UNREADABLE as error:
            raise BadSignature from error
        if not trusted or not isinstance(key, RSAPublicKey):
            raise BadSignature
        return key

    def _names_unionpay(self, leaf: Certificate) -> bool:
        """The common name is ``…@…@who@…``."""
        parts = common_name(leaf).split("@")
        return len(parts) >= NAME_PARTS and parts[NAME_PARTS - 1] in self._signers
