"""The certificate in a message comes from its sender and is not trusted by itself.

Its chain must lead to the configured root, be valid now, and name UnionPay: a merchant's own
certificate has the same authority.
"""

from collections.abc import Sequence
from datetime import datetime

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import Certificate, InvalidVersion, NameOID, load_pem_x509_certificate

from entrepot import BadSignature
from entrepot.wire import issued_by

NAME_PARTS = 3
UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm, InvalidVersion)
"""What cryptography raises for a certificate with changed bytes."""


class Chain:
    def __init__(self, root: str, middles: Sequence[str], signers: Sequence[str]) -> None:
        """Raises `ValueError` for a certificate that cannot be read."""
        self._root = load_pem_x509_certificate(root.encode())
        self._middles = tuple(load_pem_x509_certificate(each.encode()) for each in middles)
        self._signers = frozenset(signers)

    def key_of(self, pem: str, at: datetime) -> RSAPublicKey:
        """The key of UnionPay's certificate, valid at ``at``. Raises `BadSignature`."""
        try:
            leaf = load_pem_x509_certificate(pem.encode())
            key = leaf.public_key()
            trusted = self._leads_to_the_root(leaf, at) and self._names_unionpay(leaf)
        except UNREADABLE as error:
            raise BadSignature from error
        if not trusted or not isinstance(key, RSAPublicKey):
            raise BadSignature
        return key

    def _leads_to_the_root(self, leaf: Certificate, at: datetime) -> bool:
        middle = next((each for each in self._middles if issued_by(leaf, each)), None)
        return (
            middle is not None
            and issued_by(middle, self._root)
            and all(
                each.not_valid_before_utc <= at <= each.not_valid_after_utc
                for each in (leaf, middle, self._root)
            )
        )

    def _names_unionpay(self, leaf: Certificate) -> bool:
        """The common name is ``…@…@who@…``."""
        names = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        parts = str(names[0].value).split("@") if names else []
        return len(parts) >= NAME_PARTS and parts[NAME_PARTS - 1] in self._signers
