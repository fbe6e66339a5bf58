"""The filled slots of one page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Protocol

from ports.content.slots import CardSlotView, CartLineSlotView, Slot, SlotView


@dataclass(frozen=True, slots=True)
class FilledSlot:
    """The HTML of one plugin at one place. It is complete, and safe to show."""

    plugin: str
    html: str


@dataclass(frozen=True, slots=True)
class FilledSlots:
    """``fragments`` by slot and by `place_of` of its view. ``plugins`` have content on the page.

    A page that all visitors share may be kept for ``seconds``; 0: not at all.
    """

    fragments: Mapping[tuple[Slot, str], tuple[FilledSlot, ...]]
    seconds: float = inf
    plugins: frozenset[str] = frozenset()


NOTHING_FILLED = FilledSlots({})


class FillSlots(Protocol):
    """Asks all fills of the slots of a page at the same time."""

    def fills(self, slot: Slot) -> bool:
        """Whether a plugin fills the slot."""

    async def __call__(self, views: Mapping[Slot, Sequence[SlotView]]) -> FilledSlots:
        """What plugins answered within the time limit. What is late or wrong is missing."""


def place_of(view: SlotView) -> str:
    """The product or the cart line of a view; empty for a slot that a page has once."""
    if isinstance(view, CardSlotView):
        return str(view.product_id)
    return view.line if isinstance(view, CartLineSlotView) else ""
