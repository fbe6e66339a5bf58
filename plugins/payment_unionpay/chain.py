"""Whose certificate is in a message: the sender put it there, so nothing about it is believed.

The chain must lead to the root of the settings, be valid now, and name UnionPay itself: a
merchant's own certificate comes from the same authority, and would pass otherwise.
"""

from collections.abc import Sequence
from datetime import datetime

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import Certificate, InvalidVersion, NameOID, load_pem_x509_certificate

from entrepot import BadSignature

NAME_PARTS = 3
UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm, InvalidVersion)
"""What cryptography raises for a certificate in which somebody changed bytes."""


class Chain:
    def __init__(self, root: str, middles: Sequence[str], signers: Sequence[str]) -> None:
        """Raises `ValueError` for a certificate that cannot be read."""
        self._root = load_pem_x509_certificate(root.encode())
        self._middles = tuple(load_pem_x509_certificate(each.encode()) for each in middles)
        self._signers = frozenset(signers)

    def key_of(self, pem: str, at: datetime) -> RSAPublicKey:
        """The key of a certificate that is UnionPay's, at that time. Raises `BadSignature`."""
        try:
            leaf = load_pem_x509_certificate(pem.encode())
            key = leaf.public_key()
            believed = self._leads_to_the_root(leaf, at) and self._names_unionpay(leaf)
        except UNREADABLE as error:
            raise BadSignature from error
        if not believed or not isinstance(key, RSAPublicKey):
            raise BadSignature
        return key

    def _leads_to_the_root(self, leaf: Certificate, at: datetime) -> bool:
        middle = next((each for each in self._middles if _issued(leaf, each)), None)
        return (
            middle is not None
            and _issued(middle, self._root)
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


def _issued(child: Certificate, parent: Certificate) -> bool:
    """By hand: the authority still signs with SHA-1, which libraries refuse to follow."""
    key, algorithm = parent.public_key(), child.signature_hash_algorithm
    if child.issuer != parent.subject or not isinstance(key, RSAPublicKey) or algorithm is None:
        return False
    try:
        key.verify(child.signature, child.tbs_certificate_bytes, PKCS1v15(), algorithm)
    except InvalidSignature:
        return False
    return True
