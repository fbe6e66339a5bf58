"""The filled slots of a page, for its template."""

from dataclasses import dataclass

from markupsafe import Markup

from ports.content.filling import FilledSlots
from ports.content.slots import Slot


@dataclass(frozen=True, slots=True)
class SlotMarkup:
    """A template calls ``slots.html("product.price")``, with the place in a list for each row."""

    filled: FilledSlots

    def html(self, slot: str, place: object = "") -> Markup:
        fragments = self.filled.fragments.get((Slot(slot), str(place)), ())
        return Markup("").join(
            Markup('<div data-slot="{}" data-plugin="{}">{}</div>').format(
                slot,
                each.plugin,
                Markup(each.html),  # noqa: S704 -- rendered with autoescape, and complete
            )
            for each in fragments
        )
