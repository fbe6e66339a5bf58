"""The values of a plugin's own fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from adapters.plugins.answers.checks import WrongAnswer, exactly, mapping_of
from adapters.plugins.shop.acts import PluginActs
from adapters.plugins.shop.arguments import wrong_argument
from core.application.audit.staff_actions import code_reference
from core.application.fields.plugin_values import ReadPluginFields, WritePluginFields
from core.domain.fields.declared import FieldChanges, FieldValues
from core.domain.fields.field import FieldOwner
from core.domain.identifiers import LineKey, OrderId
from ports.plugin_shop.fields import FieldKey

MAX_CHANGES = 200


@dataclass(frozen=True, slots=True)
class PluginFields:
    """`ports.plugin_shop.fields.ShopFields` for ``plugin``."""

    acts: PluginActs
    read: ReadPluginFields
    write: WritePluginFields
    plugin: str = ""

    async def get(self, owner: FieldOwner, key: FieldKey) -> FieldValues:
        return await self.read(self.plugin, _owner(owner), _key(key))

    async def of_lines(self, order_id: OrderId) -> Mapping[LineKey, FieldValues]:
        return await self.read.of_lines(self.plugin, order_id)

    async def set(self, owner: FieldOwner, key: FieldKey, changes: FieldChanges) -> None:
        mine, at = _owner(owner), _key(key)
        try:
            given = mapping_of(changes, "the changes", most=MAX_CHANGES)
            names = {exactly(name, str, "the name of a field"): given[name] for name in given}
        except WrongAnswer as error:
            raise wrong_argument("changes", error) from error
        reference = f"{mine} {code_reference(str(at))}"
        await self.acts.record(self.plugin, "fields.set", reference)
        await self.write(self.plugin, mine, at, names)


def _owner(owner: object) -> FieldOwner:
    try:
        return exactly(owner, FieldOwner, "the owner")
    except WrongAnswer as error:
        raise wrong_argument("owner", error) from error


def _key(key: object) -> UUID | str:
    if isinstance(key, UUID) or type(key) is str:
        return key
    raise wrong_argument("key", WrongAnswer("the key is neither an id nor a SKU"))
