"""Fills of slots behind the plugin guard. All slots of a page have one time limit."""

import asyncio
from collections.abc import Mapping, Sequence
from contextvars import Context
from dataclasses import dataclass
from math import inf
from typing import Any

from cachetools import TLRUCache

from adapters.plugins.answers.checks import optional
from adapters.plugins.answers.content import FillDescription, fragment_of, fragments_of
from adapters.plugins.guard import PluginGuard
from ports.content.filling import NOTHING_FILLED, FilledSlot, FilledSlots, place_of
from ports.content.fragments import Fragment, FragmentPlace, RenderFragment
from ports.content.slots import IN_FORM, LISTED, Slot, SlotView
from ports.errors import PortError

MAX_CACHED_CHARACTERS = 8_000_000
ONE_TIME_KEY = 'name="once"'
"""A fragment with the key of a form is for one visitor."""

PERSONAL = ("logged_in", "customer_id", "order_id")
"""Fields of views that are always in the key of the cache: what one person sees stays theirs."""

Html = str | None
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GuardedFill:
    """Checks and renders the answer in the thread of the plugin. Its template can hang there."""

    plugin: str
    fill: Any
    description: FillDescription
    guard: PluginGuard
    render: RenderFragment

    @property
    def slot(self) -> Slot:
        return self.description.slot

    async def html(self, views: Sequence[SlotView], seconds: float) -> tuple[Html, ...]:
        """One HTML for each view; None where the plugin shows nothing. Raises `PortError`."""
        place = FragmentPlace(self.plugin, views[0].language, self.slot in IN_FORM)

        def rendered(fragment: Fragment) -> str:
            return self.render(fragment, place)

        if self.slot in LISTED:
            return await self.guard.call(
                lambda: self.fill.fill_many(views),
                lambda answer: tuple(
                    optional(each, rendered) for each in fragments_of(answer, len(views))
                ),
                seconds=seconds,
            )
        return await self.guard.call(
            lambda: self.fill.fill(views[0]),
            lambda answer: (optional(answer, lambda each: rendered(fragment_of(each))),),
            seconds=seconds,
        )

    def key(self, view: SlotView) -> Key | None:
        """The key of a fragment in the cache; None if it is not kept."""
        cache = self.description.cache
        if cache is None:
            return None
        person = (getattr(view, name, None) for name in PERSONAL)
        return (id(self), view.language, *person, *(getattr(view, name) for name in cache.by))


class GuardedSlots:
    """`ports.content.filling.FillSlots`. A page without fills costs no call."""

    def __init__(self, fills: Sequence[GuardedFill], seconds: float) -> None:
        """``seconds`` is the limit for all slots of a page together."""
        self._fills = fills
        self._slots = frozenset(each.slot for each in fills)
        self._seconds = seconds
        self._late: set[asyncio.Task[Any]] = set()
        self._kept: TLRUCache[Key, tuple[float, Html]] = TLRUCache(
            MAX_CACHED_CHARACTERS,
            ttu=lambda _, kept, now: now + kept[0],
            getsizeof=lambda kept: 100 + len(kept[1] or ""),
        )

    def fills(self, slot: Slot) -> bool:
        return slot in self._slots

    async def __call__(self, views: Mapping[Slot, Sequence[SlotView]]) -> FilledSlots:
        wanted = [each for each in self._fills if views.get(each.slot)]
        if not wanted:
            return NOTHING_FILLED
        found = await self._in_time({each: self._fill(each, views[each.slot]) for each in wanted})
        fragments: dict[tuple[Slot, str], tuple[FilledSlot, ...]] = {}
        seconds = inf
        for fill, htmls in found.items():
            cache = fill.description.cache
            seconds = min(seconds, cache.seconds if cache else 0)
            for view, html in zip(views[fill.slot], htmls, strict=True):
                if html:
                    place = (fill.slot, place_of(view))
                    fragments[place] = (
                        *fragments.get(place, ()),
                        FilledSlot(fill.plugin, html),
                    )
        plugins = frozenset(each.plugin for filled in fragments.values() for each in filled)
        return FilledSlots(fragments, seconds, plugins)

    async def _in_time(
        self, calls: Mapping[GuardedFill, Any]
    ) -> Mapping[GuardedFill, tuple[Html, ...]]:
        """What is not ready in time goes on alone: a guard looks after a call that blocks."""
        # A plugin does not inherit what the request has claimed.
        tasks = {asyncio.create_task(call, context=Context()): fill for fill, call in calls.items()}
        done, late = await asyncio.wait(tasks, timeout=self._seconds)
        for task in late:
            self._late.add(task)
            task.add_done_callback(self._late.discard)
        answers = {tasks[task]: task.result() for task in tasks if task in done}
        return {fill: htmls for fill, htmls in answers.items() if htmls is not None}

    async def _fill(self, fill: GuardedFill, views: Sequence[SlotView]) -> tuple[Html, ...] | None:
        """None if the plugin failed."""
        keys = [fill.key(view) for view in views]
        kept = [self._kept.get(key) if key else None for key in keys]
        missing = [view for view, found in zip(views, kept, strict=True) if found is None]
        try:
            asked = iter(await fill.html(missing, self._seconds) if missing else ())
        except PortError:
            return None
        htmls = tuple(found[1] if found else next(asked) for found in kept)
        for key, found, html in zip(keys, kept, htmls, strict=True):
            if key and found is None:
                self._keep(fill, key, html)
        return htmls

    def _keep(self, fill: GuardedFill, key: Key, html: Html) -> None:
        cache = fill.description.cache
        if cache is not None and ONE_TIME_KEY not in (html or ""):
            self._kept[key] = (float(cache.seconds), html)
