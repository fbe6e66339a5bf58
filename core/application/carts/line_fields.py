"""The fields of plugins on the lines of a cart."""

from dataclasses import dataclass

from core.application.carts.ownership import CartOwner, require_cart
from core.application.carts.reviews import ReviewEdit, check_reviewed
from core.application.retries import retrying
from core.domain.carts import Cart
from core.domain.errors import NotFound
from core.domain.fields.declared import DeclaredFields, FieldChanges
from core.domain.fields.field import FieldEditor, FieldOwner
from core.domain.identifiers import LineKey
from ports.clock import Clock
from ports.unit_of_work import UnitsOfWork

OWNER = FieldOwner.LINE


@dataclass(frozen=True, slots=True)
class SetLineFields:
    """Change the values of a line that the buyer edits. Idempotent.

    Raises:
        NotFound: the cart has no such line.
        Invalid, InvalidFields: a name is unknown, or a value is wrong. The errors are at
            ``lines.KEY.fields.NAME``.
    """

    units: UnitsOfWork
    declared_fields: DeclaredFields
    review_edit: ReviewEdit
    now: Clock

    async def __call__(self, owner: CartOwner, key: LineKey, changes: FieldChanges) -> None:
        def change(cart: Cart) -> None:
            line = cart.find_line(key)
            if line is None:
                raise NotFound("cart line", key)
            after = self.declared_fields.changed(
                OWNER, line.fields, changes, FieldEditor.CUSTOMER, line_prefix(key)
            )
            cart.set_fields(key, after)

        async def once() -> None:
            reviewed = await self.review_edit(owner, change)
            async with self.units() as unit:
                cart = await require_cart(unit, owner, None)
                check_reviewed(cart, reviewed)
                change(cart)
                cart.updated_at = self.now()
                await unit.carts.save(cart)
                await unit.commit()

        await retrying(once)


def line_prefix(key: LineKey) -> str:
    """Before the names of the fields of a line, in forms and errors."""
    return f"lines.{key}."
