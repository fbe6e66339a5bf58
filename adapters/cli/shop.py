"""What the commands are given: the shop, opened when it is needed, and its parts by type."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import click

from core.domain.errors import DomainError

Parts = TypeVar("Parts")
Answer = TypeVar("Answer")
AsgiApp = Callable[..., Awaitable[None]]


class OpenShop(Protocol):
    """A shop that a command has opened."""

    def part(self, kind: type[Parts]) -> Parts:
        """What the commands of one context need: ``kind`` is a class such as `StaffCommands`."""

    async def prepare(self) -> None:
        """What a process does before it works with personal data."""

    async def close(self) -> None: ...


class VerifyBundle(Protocol):
    def __call__(self, file: Path, key: Path, /) -> Sequence[str]:
        """What is wrong with a bundle; ``key`` is the file of the shop's public key.

        Raises:
            ValueError: the key cannot be read.
        """


class VerifyPack(Protocol):
    async def __call__(self, file: Path, key: Path, /) -> Sequence[str]:
        """What is wrong with an evidence pack; otherwise like `VerifyBundle`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """``open`` makes a shop for the environment's settings; ``create_app`` the web app.

    ``verify_bundle`` and ``verify_pack`` need no shop. ``skeletons`` maps ports to what
    ``entrepot plugins new`` writes.
    """

    open: Callable[[], OpenShop]
    create_app: Callable[[], AsgiApp]
    verify_bundle: VerifyBundle
    verify_pack: VerifyPack
    skeletons: Mapping[str, Callable[[str], Mapping[Path, str]]]


pass_assembly = click.make_pass_decorator(Assembly)


def run(
    assembly: Assembly, kind: type[Parts], work: Callable[[Parts], Awaitable[Answer]]
) -> Answer:
    """Open the shop, do the work with its parts, close it again."""

    async def whole() -> Answer:
        shop = assembly.open()
        try:
            return await work(shop.part(kind))
        finally:
            await shop.close()

    return asyncio.run(whole())


def run_prepared(
    assembly: Assembly, kind: type[Parts], work: Callable[[Parts], Awaitable[Answer]]
) -> Answer:
    """`run`, after what a server does when it starts with whose data was erased."""

    async def whole() -> Answer:
        shop = assembly.open()
        try:
            await shop.prepare()
            return await work(shop.part(kind))
        finally:
            await shop.close()

    try:
        return asyncio.run(whole())
    except DomainError as error:
        raise click.ClickException(str(error)) from error
