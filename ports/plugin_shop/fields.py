"""The values of a plugin's own fields."""

from collections.abc import Mapping
from typing import Protocol

from core.domain.fields.declared import FieldChanges, FieldValues
from core.domain.fields.field import FieldOwner
from core.domain.identifiers import CategoryId, CustomerId, LineKey, OrderId, ProductId, Sku

FieldKey = ProductId | Sku | CategoryId | CustomerId | OrderId
"""What leads to the owner: the SKU of a variant, the id of anything else."""


class ShopFields(Protocol):
    """Reads and writes values of the fields that the plugin declares. Needs ``fields``.

    ``owner`` says what ``key`` leads to. Values are by the whole name of the field, such as
    ``PLUGIN.name``. Both methods raise `NotFound` for an unknown key.
    """

    async def get(self, owner: FieldOwner, key: FieldKey) -> FieldValues:
        """The values of the plugin's fields. A field without a value is missing.

        Personal values are missing too, where the law stops their use: after an erasure or a
        restriction, and while an order is only kept for its records.
        """

    async def of_lines(self, order_id: OrderId) -> Mapping[LineKey, FieldValues]:
        """The values of the lines of an order, by the key of the line.

        ``get`` and ``set`` have no lines: the buyer writes their values in the cart.
        """

    async def set(self, owner: FieldOwner, key: FieldKey, changes: FieldChanges) -> None:
        """Change values; None removes one, and a name that is missing keeps its value.

        Setting the same value again changes nothing. Concurrent changes of other fields stay. The
        label of an order's value is that of now. Each call is in the audit log.

        Raises:
            Invalid, InvalidFields: the plugin has no such field of this owner, or a value is wrong.
            BeingErased: the member, or the order, is erased or restricted.
        """
