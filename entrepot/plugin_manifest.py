"""Checks the manifest of a plugin."""

import re
from dataclasses import replace
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from adapters.plugins.answers.checks import WrongAnswer, exactly, names_of, text_of, tuple_of
from adapters.plugins.answers.permissions import permissions_of
from core.domain.privacy.recipient import Recipient, Transfers
from entrepot.hookspecs import API_VERSION, Manifest

POLICY_DIRECTIVES = ("img-src", "frame-src", "connect-src")
"""Directives that cannot run code or style the page."""
ORIGIN = re.compile(r"https://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
"""Codes of holds, events, permissions and quotas begin with the name and a dot or a colon."""
MAX_UNINSTALL = 2_000


class PluginRefused(Exception):
    """The reason why one plugin is not loaded, in one line."""


def checked_manifest(module: Any, name: str, transfers: Transfers) -> Manifest:
    """The manifest of a plugin's module. Raises `PluginRefused`."""
    manifest = getattr(module, "manifest", None)
    if not isinstance(manifest, Manifest):
        raise PluginRefused("has no manifest: give its module a `manifest = Manifest(…)`")
    if manifest.name != name:
        raise PluginRefused(f"calls itself “{manifest.name}” but its entry point “{name}”")
    if not NAME.fullmatch(name):
        raise PluginRefused("has a name that is not 1 to 60 letters, digits, _ and -: change it")
    try:
        supported = SpecifierSet(manifest.api)
    except InvalidSpecifier as error:
        raise PluginRefused(f"“{manifest.api}” is not a version range") from error
    text_of(manifest.version, "the version", least=1)
    text_of(manifest.uninstall, "what the plugin says about uninstalling", most=MAX_UNINSTALL)
    if manifest.recipient is not None:
        recipient = exactly(manifest.recipient, Recipient, "the recipient")
        names_of(recipient.name, "the name of the recipient")
    _check_files(manifest)
    try:
        permissions = permissions_of(manifest.permissions, name)
    except WrongAnswer as error:
        raise PluginRefused(f"declares wrong permissions: {error}") from error
    if API_VERSION not in supported:
        raise PluginRefused(f"supports plugin API {manifest.api}, and this shop has {API_VERSION}")
    if manifest.recipient is not None and not transfers.allow(manifest.recipient):
        raise PluginRefused(
            f"sends personal data to {manifest.recipient.country} without a recorded path: "
            f"name it for “{manifest.recipient.code}” in ENTREPOT_TRANSFERS"
        )
    return replace(manifest, permissions=permissions)


def _check_files(manifest: Manifest) -> None:
    if manifest.files is not None and not manifest.files.is_dir():
        raise PluginRefused(f"its folder of files {manifest.files} does not exist")
    for directive, sources in manifest.csp.items():
        if directive not in POLICY_DIRECTIVES:
            allowed = ", ".join(POLICY_DIRECTIVES)
            raise PluginRefused(f"adds to {directive}, and `csp` may have {allowed} alone")
        for source in tuple_of(sources, f"the origins of {directive}", most=20):
            if type(source) is not str or not ORIGIN.fullmatch(source):
                raise PluginRefused(
                    f"“{source}” in `csp` is no origin such as https://player.example"
                )


def one_line(error: Exception) -> str:
    """The type and the message of an error, without line breaks."""
    try:
        message = " ".join(str(error).split())[:200]
    except Exception:  # noqa: BLE001 -- an error of a plugin can fail to say its message
        message = ""
    return f"{type(error).__name__}: {message}" if message else type(error).__name__
