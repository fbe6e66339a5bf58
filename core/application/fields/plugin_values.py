"""A plugin reads and writes the values of its own fields."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from core.application.retries import retried
from core.domain.accounts import BeingErased
from core.domain.catalogue.product import Product
from core.domain.errors import Invalid, NotFound
from core.domain.fields.declared import DeclaredFields, FieldChanges, FieldValues
from core.domain.fields.field import FieldOwner
from core.domain.fields.values import FrozenField
from core.domain.identifiers import CategoryId, CustomerId, LineKey, OrderId, ProductId, Sku
from core.domain.orders.order import Order
from ports.clock import Clock
from ports.orders import OrderQueries
from ports.unit_of_work import RepeatableUnits, UnitOfWork

FieldKey = UUID | str
"""The SKU of a variant, the id of anything else."""


@dataclass(frozen=True, slots=True)
class ReadPluginFields:
    """The values of a plugin's fields of one owner.

    Personal values of a restricted member, and of an order that is only kept for its records, are
    left out.

    Raises:
        NotFound: nothing of this kind has the key.
    """

    units: RepeatableUnits
    order_queries: OrderQueries
    declared_fields: DeclaredFields

    async def __call__(self, plugin: str, owner: FieldOwner, key: FieldKey) -> FieldValues:
        own = own_fields(self.declared_fields, plugin, owner)
        async with self.units() as unit:
            values = await self._values(unit, owner, key)
        return {name: values[name] for name in own if name in values}

    async def of_lines(self, plugin: str, order_id: OrderId) -> Mapping[LineKey, FieldValues]:
        """The values of the lines of an order, by line. Raises `NotFound`."""
        own = own_fields(self.declared_fields, plugin, FieldOwner.LINE)
        async with self.units() as unit:
            order = await unit.orders.get(order_id)
        return {
            line.key: {each.name: each.value for each in line.fields if each.name in own}
            for line in order.lines
        }

    async def _values(self, unit: UnitOfWork, owner: FieldOwner, key: FieldKey) -> FieldValues:
        match owner:
            case FieldOwner.PRODUCT:
                return (await unit.products.get(ProductId(_id(owner, key)))).fields
            case FieldOwner.VARIANT:
                product = await _product_of(unit, key)
                return next(each.fields for each in product.variants if each.sku == key)
            case FieldOwner.CATEGORY:
                return (await unit.categories.get(CategoryId(_id(owner, key)))).fields
            case FieldOwner.CUSTOMER:
                customer = await unit.customers.get(CustomerId(_id(owner, key)))
                return {} if customer.restricted or customer.frozen else customer.fields
            case FieldOwner.LINE:
                raise NotFound(str(owner), key)
            case FieldOwner.ORDER:
                order = await unit.orders.get(OrderId(_id(owner, key)))
                is_kept = bool(await self.order_queries.withheld(order.id))
                return {
                    each.name: each.value
                    for each in order.fields
                    if not (is_kept and each.is_personal)
                }


@dataclass(frozen=True, slots=True)
class WritePluginFields:
    """Change values of a plugin's fields of one owner. Idempotent.

    The version of the owner guards the values of all other fields.

    Raises:
        NotFound: nothing of this kind has the key.
        Invalid, InvalidFields: the plugin has no such field of this owner, or a value is wrong.
        BeingErased: the personal data of the owner is erased or restricted.
    """

    units: RepeatableUnits
    order_queries: OrderQueries
    declared_fields: DeclaredFields
    now: Clock

    @retried
    async def __call__(
        self, plugin: str, owner: FieldOwner, key: FieldKey, changes: FieldChanges
    ) -> None:
        if owner is FieldOwner.LINE:
            raise NotFound(str(owner), key)
        own = own_fields(self.declared_fields, plugin, owner)
        for name in changes:
            if name not in own:
                raise Invalid(f"fields.{name}", "There is no field “{name}”.", name=name[:100])
        async with self.units() as unit:
            if await self._writer(owner)(unit, key, changes):
                await unit.commit()

    def _writer(
        self, owner: FieldOwner
    ) -> Callable[[UnitOfWork, FieldKey, FieldChanges], Awaitable[bool]]:
        """A function that saves the owner, and returns whether a value differs."""
        return {
            FieldOwner.PRODUCT: self._write_product,
            FieldOwner.VARIANT: self._write_variant,
            FieldOwner.CATEGORY: self._write_category,
            FieldOwner.CUSTOMER: self._write_customer,
            FieldOwner.ORDER: self._write_order,
        }[owner]

    async def _write_product(self, unit: UnitOfWork, key: FieldKey, changes: FieldChanges) -> bool:
        product = await unit.products.get(ProductId(_id(FieldOwner.PRODUCT, key)))
        after = self._changed(FieldOwner.PRODUCT, product.fields, changes)
        is_changed = after != product.fields
        product.fields = after
        return is_changed and await self._saved(unit, product)

    async def _write_variant(self, unit: UnitOfWork, key: FieldKey, changes: FieldChanges) -> bool:
        product = await _product_of(unit, key)
        variants = tuple(
            replace(each, fields=self._changed(FieldOwner.VARIANT, each.fields, changes))
            if each.sku == key
            else each
            for each in product.variants
        )
        is_changed = variants != product.variants
        product.set_variants(product.options, variants)
        return is_changed and await self._saved(unit, product)

    async def _saved(self, unit: UnitOfWork, product: Product) -> bool:
        product.record_change(self.now())
        await unit.products.save(product)
        return True

    async def _write_category(self, unit: UnitOfWork, key: FieldKey, changes: FieldChanges) -> bool:
        category = await unit.categories.get(CategoryId(_id(FieldOwner.CATEGORY, key)))
        after = self._changed(FieldOwner.CATEGORY, category.fields, changes)
        is_changed = after != category.fields
        category.fields = after
        if is_changed:
            await unit.categories.save(category)
        return is_changed

    async def _write_customer(self, unit: UnitOfWork, key: FieldKey, changes: FieldChanges) -> bool:
        customer = await unit.customers.get(CustomerId(_id(FieldOwner.CUSTOMER, key)))
        if customer.frozen or customer.restricted:
            raise BeingErased
        after = self._changed(FieldOwner.CUSTOMER, customer.fields, changes)
        is_changed = after != customer.fields
        customer.fields = after
        if is_changed:
            await unit.customers.save(customer)
        return is_changed

    async def _write_order(self, unit: UnitOfWork, key: FieldKey, changes: FieldChanges) -> bool:
        order = await unit.orders.get(OrderId(_id(FieldOwner.ORDER, key)))
        declared = self.declared_fields
        if any(declared.by_name[name].is_personal for name in changes) and (
            order.address is None or await self.order_queries.withheld(order.id)
        ):
            raise BeingErased
        after = self._frozen(order, changes)
        is_changed = after != order.fields
        order.fields = after
        if is_changed:
            await unit.orders.save(order)
        return is_changed

    def _frozen(self, order: Order, changes: FieldChanges) -> tuple[FrozenField, ...]:
        """The values that do not change keep the label of their time."""
        values = self._changed(FieldOwner.ORDER, {}, changes)
        kept = (each for each in order.fields if each.name not in changes)
        return (*kept, *self.declared_fields.frozen(FieldOwner.ORDER, values))

    def _changed(
        self, owner: FieldOwner, before: FieldValues, changes: FieldChanges
    ) -> FieldValues:
        return self.declared_fields.changed(owner, before, changes, None)


def own_fields(declared: DeclaredFields, plugin: str, owner: FieldOwner) -> tuple[str, ...]:
    return tuple(each.name for each in declared.of(owner) if each.name.startswith(f"{plugin}."))


async def _product_of(unit: UnitOfWork, key: FieldKey) -> Product:
    """The product with the SKU."""
    product = await unit.products.find_by_sku(Sku(key)) if isinstance(key, str) else None
    if product is None:
        raise NotFound(str(FieldOwner.VARIANT), key)
    return product


def _id(owner: FieldOwner, key: FieldKey) -> UUID:
    if not isinstance(key, UUID):
        raise NotFound(str(owner), key)
    return key
