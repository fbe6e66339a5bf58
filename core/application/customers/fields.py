"""A member changes the fields that plugins ask for in the account."""

from dataclasses import dataclass

from core.application.retries import retried
from core.domain.fields.declared import DeclaredFields, FieldChanges
from core.domain.fields.field import FieldEditor, FieldOwner
from core.domain.identifiers import CustomerId
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True)
class SaveMemberFields:
    """Change the values of fields that the member edits. Idempotent.

    Raises:
        NotFound: there is no such member.
        Invalid, InvalidFields: a name is unknown, a value is wrong, or a required one is removed.
    """

    units: UnitsOfWork
    declared_fields: DeclaredFields

    @retried
    async def __call__(self, customer_id: CustomerId, changes: FieldChanges) -> None:
        async with self.units() as unit:
            customer = await unit.customers.get(customer_id)
            after = self.declared_fields.changed(
                FieldOwner.CUSTOMER, customer.fields, changes, FieldEditor.CUSTOMER
            )
            if after == customer.fields:
                return
            customer.fields = after
            await unit.customers.save(customer)
            await unit.commit()
