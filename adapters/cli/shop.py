"""Opens the shop for a command, and gives the command its parts by type."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import click

from adapters.cli.plugin_groups import PluginGroups
from core.application.audit.staff_actions import (
    COMMAND_LINE,
    RecordStaffAction,
    code_reference,
)
from core.domain.errors import DomainError

Parts = TypeVar("Parts")
Answer = TypeVar("Answer")
AsgiApp = Callable[..., Awaitable[None]]
CreateApp = Callable[[], AsgiApp]


class OpenShop(Protocol):
    """The shop of one command call. The command closes it."""

    def part(self, kind: type[Parts]) -> Parts:
        """Build ``kind``, a dataclass of use cases such as `StaffCommands`."""

    async def prepare(self) -> None:
        """Make the key store ready and replay tombstones, before any personal data is used."""

    async def close(self) -> None: ...


class VerifyBundle(Protocol):
    def __call__(self, file: Path, key: Path, /) -> Sequence[str]:
        """Return the problems of a bundle. ``key`` is a PEM file with the shop's public key.

        Raises:
            ValueError: the key cannot be read.
        """


class VerifyPack(Protocol):
    async def __call__(self, file: Path, key: Path, /) -> Sequence[str]:
        """Return the problems of an evidence pack. Arguments and errors as in `VerifyBundle`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """The functions of the composition root that commands call.

    ``open`` builds a shop from the environment's settings. ``load_web_app`` imports
    the web app, and returns the function that builds it. ``verify_bundle`` and ``verify_pack``
    need no shop. ``skeletons`` maps each port to a function that returns the files of a new plugin.
    ``plugin_groups`` has the commands of plugins.
    """

    open: Callable[[], OpenShop]
    load_web_app: Callable[[], CreateApp]
    verify_bundle: VerifyBundle
    verify_pack: VerifyPack
    skeletons: Mapping[str, Callable[[str], Mapping[Path, str]]]
    plugin_groups: PluginGroups


pass_assembly = click.make_pass_decorator(Assembly)


def run(
    assembly: Assembly, kind: type[Parts], work: Callable[[Parts], Awaitable[Answer]]
) -> Answer:
    """Open the shop, do the work with its parts, and close the shop."""

    async def opened() -> Answer:
        shop = assembly.open()
        try:
            return await work(shop.part(kind))
        finally:
            await shop.close()

    return asyncio.run(opened())


def run_prepared(
    assembly: Assembly, kind: type[Parts], work: Callable[[Parts], Awaitable[Answer]]
) -> Answer:
    """Like `run`, but prepare the shop first, and show a `DomainError` as an error message."""
    return _prepared(assembly, lambda shop: work(shop.part(kind)))


def run_audited(
    assembly: Assembly,
    kind: type[Parts],
    work: Callable[[Parts], Awaitable[Answer]],
    action: str,
    *codes: str,
) -> Answer:
    """Like `run_prepared`, and record ``action`` in the audit log before it happens.

    ``codes`` say what it is about, such as the code of a promotion.
    """

    async def audited(shop: OpenShop) -> Answer:
        record_staff_action = shop.part(RecordStaffAction)
        await record_staff_action(COMMAND_LINE, action, " ".join(map(code_reference, codes)))
        return await work(shop.part(kind))

    return _prepared(assembly, audited)


def _prepared(assembly: Assembly, work: Callable[[OpenShop], Awaitable[Answer]]) -> Answer:
    async def opened() -> Answer:
        shop = assembly.open()
        try:
            await shop.prepare()
            return await work(shop)
        finally:
            await shop.close()

    try:
        return asyncio.run(opened())
    except DomainError as error:
        raise click.ClickException(str(error)) from error
