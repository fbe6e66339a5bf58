"""Blocks of plugins' kinds: rendered in the thread of the plugin, with the limit of slots."""

import asyncio
from collections.abc import Mapping, Sequence
from contextvars import Context
from typing import Any
from uuid import UUID

from adapters.plugins.answers.content import fragment_of
from adapters.plugins.guards import PluginGuards
from adapters.plugins.limits import Purpose
from ports.content.blocks import PluginBlock
from ports.content.filling import FilledSlot
from ports.content.fragments import FragmentPlace, RenderFragment
from ports.errors import PortError


class GuardedBlocks:
    """`ports.content.blocks.RenderBlocks`. A plugin has no code here: its template can hang."""

    def __init__(self, guards: PluginGuards, render: RenderFragment) -> None:
        self._guards = guards
        self._render = render
        self._late: set[asyncio.Task[Any]] = set()

    async def __call__(self, blocks: Sequence[PluginBlock]) -> Mapping[UUID, FilledSlot]:
        if not blocks:
            return {}
        tasks = {asyncio.create_task(self._html(each), context=Context()): each for each in blocks}
        done, late = await asyncio.wait(tasks, timeout=self._guards.limits.fill_seconds)
        for task in late:
            self._late.add(task)
            task.add_done_callback(self._late.discard)
        return {
            block.id: FilledSlot(block.plugin, task.result())
            for task, block in tasks.items()
            if task in done and task.result()
        }

    async def _html(self, block: PluginBlock) -> str:
        """Empty if it failed."""

        async def fragment() -> Any:
            return block.fragment

        place = FragmentPlace(block.plugin, block.language)
        try:
            return await self._guards.of(block.plugin, Purpose.SLOTS).call(
                fragment,
                lambda answer: self._render(fragment_of(answer), place),
                seconds=self._guards.limits.fill_seconds,
            )
        except PortError:
            return ""
