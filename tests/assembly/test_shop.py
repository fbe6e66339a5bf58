"""The assembled shop: parts have the right types, and nothing is opened or imported early."""

import pkgutil
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import assert_type
from uuid import uuid4

import pytest

from adapters import cli
from adapters.cli.staff import StaffCommands
from core.application.orders.checkout import PlaceOrder
from core.domain.identifiers import Currency, OrderId
from entrepot import Event, Manifest, OrderDelivered
from entrepot.assembly.commands import CommandShop, OpenedShop
from entrepot.assembly.parts import Part, provider_of
from entrepot.assembly.shop import Shop
from entrepot.loaded_plugins import LoadedPlugin
from entrepot.settings import Settings
from ports.events.outbox import Envelope
from ports.notifications import Mailer
from ports.orders import OrderQueries
from ports.unit_of_work import UnitsOfWork

pytestmark = pytest.mark.anyio


@pytest.fixture
async def opened(_environment: None, tmp_path: Path) -> AsyncIterator[OpenedShop]:
    shop = OpenedShop(
        Settings(
            secret_key="a secret of the tests, long enough",  # type: ignore[arg-type]
            database_url=f"sqlite:///{tmp_path / 'shop.db'}",
            data_dir=tmp_path / "data",
        )
    )
    yield shop
    await shop.close()


async def test_parts_have_the_types_of_their_ports(opened: OpenedShop) -> None:
    shop = opened.shop
    assert_type(shop.place_order(), PlaceOrder)
    assert_type(shop.order_queries(), OrderQueries)
    assert_type(shop.mailer(), Mailer | None)
    assert_type(shop.currency(), Currency)
    assert_type(opened.part(StaffCommands), StaffCommands)


async def test_every_part_can_be_created(opened: OpenedShop) -> None:
    parts = {name: part() for name, part in opened.shop.providers.items()}
    assert len(parts) > 120
    assert [name for name, part in parts.items() if part is None] == ["mailer"]


async def test_every_command_gets_its_parts(opened: OpenedShop) -> None:
    groups = {
        kind
        for each in pkgutil.iter_modules(cli.__path__, f"{cli.__name__}.")
        for name, kind in vars(import_module(each.name)).items()
        if name.endswith("Commands")
    }
    assert len(groups) > 10
    for kind in groups:
        assert isinstance(opened.part(kind), kind)


async def test_parts_share_their_dependencies(opened: OpenedShop) -> None:
    shop = opened.shop
    assert shop.place_order().units is shop.start_payment().units is shop.repeatable_units()
    assert opened.part(StaffCommands).add_staff is shop.add_staff()


async def test_opening_a_shop_creates_no_files(opened: OpenedShop, tmp_path: Path) -> None:
    assert list(tmp_path.iterdir()) == []
    opened.shop.vault()
    assert (tmp_path / "data" / "keys").is_dir()


class Recorder:
    """A plugin's subscriber that records what it receives."""

    def __init__(self) -> None:
        self.received: list[Event] = []

    async def handle(self, events: Sequence[Event]) -> None:
        self.received += events


async def test_the_subscriber_of_a_plugin_receives_events(opened: OpenedShop) -> None:
    shop, recorder = opened.shop, Recorder()
    manifest = Manifest(name="recorder", version="1", api=">=1", capabilities=frozenset())
    shop.plugins().loaded["recorder"] = LoadedPlugin(
        manifest=manifest, registered={"entrepot_subscribers": (recorder,)}
    )
    event = OrderDelivered(order_id=OrderId(uuid4()), at=datetime.now(UTC))
    await shop.schema().upgrade()
    listeners = await shop.remote_subscribers()()
    await listeners["recorder"].handle([Envelope(id=uuid4(), event=event)])
    assert recorder.received == [event]


def test_a_type_that_no_part_has_is_not_found() -> None:
    assert provider_of(CommandShop(), UnitsOfWork) is not None
    assert provider_of(CommandShop(), int) is None


def test_every_part_of_the_shop_is_wired() -> None:
    assert {name for name, each in Shop.providers.items() if not isinstance(each, Part)} == {
        "settings"
    }


def test_the_shop_is_assembled_without_web_and_command_line() -> None:
    shown = subprocess.run(
        [sys.executable, "-c", "import entrepot.assembly.shop, sys; print(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    )
    modules = set(shown.stdout.split())
    assert "adapters.database.unit_of_work" in modules
    assert modules & {"litestar", "granian", "adapters.web", "adapters.cli"} == set()
