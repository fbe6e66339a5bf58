"""What the commands are given: the assembled shop, opened when it is needed."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from adapters.evidence.signing import read_public_pem
from core.domain.errors import DomainError

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """``open`` makes the container for the environment's settings; ``create_app`` the web app.

    ``report`` lists every plugin with its health, ``skeletons`` maps ports to what
    ``entrepot plugins new`` writes.
    """

    open: Callable[[], Any]
    create_app: Callable[[], Any]
    report: Callable[[Any], tuple[Any, ...]]
    skeletons: Mapping[str, Callable[[str], Mapping[Path, str]]]
    version: str


def run(assembly: Assembly, work: Callable[[Any], Awaitable[Answer]]) -> Answer:
    """Open the shop, do the work, close it again."""

    async def whole() -> Answer:
        shop = assembly.open()
        try:
            return await work(shop)
        finally:
            for close in shop.closers():
                await close()
            await shop.database().close()

    return asyncio.run(whole())


pass_assembly = click.make_pass_decorator(Assembly)


def run_prepared(assembly: Assembly, work: Callable[[Any], Awaitable[Answer]]) -> Answer:
    """`run`, after what a server does when it starts with whose data was erased."""

    async def noted(shop: Any) -> Answer:
        await shop.vault().prepare()
        await shop.note_keepers()()
        await shop.replay_tombstones()()
        return await work(shop)

    try:
        return run(assembly, noted)
    except DomainError as error:
        raise click.ClickException(str(error)) from error


def read_key(file: Path) -> Ed25519PublicKey:
    """The shop's public key out of a file."""
    try:
        return read_public_pem(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise click.ClickException(f"{file}: {error}") from error
