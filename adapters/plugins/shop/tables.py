"""The tables of a plugin: statements are checked in its thread, and run on the shop's loop."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from adapters.plugins.shop.calls import ShopCalls
from ports.plugin_shop.tables import Conflict, Parameters, Rows, StatementRefused


class RunStatements(Protocol):
    """The tables of one plugin, in two steps."""

    def prepare(self, statements: Sequence[Any]) -> Sequence[Any]:
        """Check statements. Needs no event loop. Raises `StatementRefused`."""

    async def run(self, prepared: Sequence[Any]) -> Sequence[Rows]:
        """Run checked statements in one transaction. Raises as `ShopTables` does."""


class TablesOf(Protocol):
    def __call__(self, plugin: str, /) -> RunStatements:
        """The tables of a plugin, always the same object for one plugin."""


@dataclass(frozen=True, slots=True)
class PluginTableStatements:
    """The adapter of `PluginShop.tables` for ``plugin``."""

    tables_of: TablesOf
    plugin: str = ""

    async def tables(self) -> RunStatements:
        return self.tables_of(self.plugin)


class CalledTables:
    """`ports.plugin_shop.tables.ShopTables` as a plugin calls it.

    A large statement takes long to check. That costs the plugin, and not the shop.
    """

    def __init__(self, calls: ShopCalls) -> None:
        self._calls = calls
        self._tables: RunStatements | None = None

    async def execute(self, statement: Any, parameters: Parameters = None) -> Rows:
        (rows,) = await self.execute_all([(statement, parameters)])
        return rows

    async def execute_all(self, statements: Sequence[Any]) -> Sequence[Rows]:
        if self._tables is None:
            self._tables = await self._calls.run("tables", lambda adapter: adapter.tables())
        tables = self._tables
        assert tables is not None
        prepared = tables.prepare(list(statements))
        answer = await self._calls.run("tables", lambda _: _outcome(tables, prepared))
        if isinstance(answer, Conflict | StatementRefused):
            raise answer
        rows: Sequence[Rows] = answer
        return rows


async def _outcome(tables: RunStatements, prepared: Sequence[Any]) -> Any:
    """The rows, or the error that the plugin receives."""
    try:
        return await tables.run(prepared)
    except (Conflict, StatementRefused) as error:
        return error
