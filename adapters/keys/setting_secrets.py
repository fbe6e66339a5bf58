"""Encrypts secret settings of plugins with a key of the keyring (AES-256-GCM).

The key is derived from the signing seed, which no rotation changes. The associated data are the
plugin and the setting.
"""

import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.keys.keyring_sources import KeyringSource
from ports.keys import KeyringMissing
from ports.plugin_settings import SecretMissing

NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class KeyringSecrets:
    """Implements `ports.plugin_settings.SettingSecrets`."""

    source: KeyringSource

    def encrypt(self, plugin: str, name: str, secret: str) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._key().encrypt(nonce, secret.encode(), _associated(plugin, name))

    def decrypt(self, plugin: str, name: str, encrypted: bytes) -> str:
        nonce, rest = encrypted[:NONCE_BYTES], encrypted[NONCE_BYTES:]
        try:
            return self._key().decrypt(nonce, rest, _associated(plugin, name)).decode()
        except (InvalidTag, KeyringMissing, ValueError) as error:
            raise SecretMissing(f"{plugin}.{name}") from error

    def _key(self) -> AESGCM:
        return AESGCM(self.source.read().settings_key)


def _associated(plugin: str, name: str) -> bytes:
    return f"plugin_settings {plugin} {name}".encode()
