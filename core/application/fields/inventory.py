"""The fields of plugins in the inventory of personal data."""

from dataclasses import dataclass, replace

from core.domain.fields.declared import DeclaredFields
from core.domain.fields.field import Field, FieldOwner
from core.domain.privacy.inventory import Field as InventoryField
from core.domain.privacy.inventory import OnErase, Pii
from ports.clock import Clock
from ports.fields import FieldDeclarations


@dataclass(slots=True)
class FieldInventory:
    """``removed`` are fields of plugins that are not installed any more. Their values stay."""

    declared: DeclaredFields
    removed: tuple[InventoryField, ...] = ()

    def __call__(self) -> tuple[InventoryField, ...]:
        return (*(inventory_field(each) for each in self.declared.fields), *self.removed)


@dataclass(frozen=True, slots=True)
class RememberFields:
    """Store what the plugins declare, and find the fields of plugins that were removed."""

    declared: DeclaredFields
    declarations: FieldDeclarations
    inventory: FieldInventory
    now: Clock

    async def __call__(self) -> None:
        if self.declared.fields:
            await self.declarations.note(self.declared.fields, self.now())
        self.inventory.removed = await self.declarations.absent(self.declared.by_name)


def inventory_field(field: Field) -> InventoryField:
    """What an erasure does follows from the owner: the shop deletes members, and clears orders."""
    classification = field.personal
    if isinstance(classification, Pii):
        of_member = field.owner is FieldOwner.CUSTOMER
        on_erase = OnErase.DELETE if of_member else OnErase.CLEAR
        classification = replace(classification, on_erase=on_erase, encrypted=True)
    return InventoryField(place=field.key, classification=classification)
