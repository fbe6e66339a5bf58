"""The fields of plugins that an order gets when it is placed."""

from core.domain.fields.declared import DeclaredFields, FieldChanges
from core.domain.fields.field import Field, FieldEditor, FieldOwner
from core.domain.fields.values import FrozenField

OWNER = FieldOwner.ORDER


def asked_fields(declared: DeclaredFields) -> tuple[Field, ...]:
    """Those that the form of the checkout has."""
    return tuple(each for each in declared.of(OWNER) if each.asked_at_checkout)


def placed_fields(declared: DeclaredFields, given: FieldChanges) -> tuple[FrozenField, ...]:
    """The values that the buyer gave, and the defaults of the others, with their labels.

    Raises:
        Invalid, InvalidFields: a name is unknown, a value is wrong, or a required one is missing.
    """
    asked = {each.name: each.default for each in asked_fields(declared)}
    values = declared.changed(
        OWNER, declared.defaults(OWNER), {**asked, **given}, FieldEditor.CUSTOMER
    )
    return declared.frozen(OWNER, values)
