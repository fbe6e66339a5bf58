"""The fields that the installed plugins declare, and the changes of their values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from core.domain.errors import Invalid, raise_if_invalid
from core.domain.fields.checks import FieldValue
from core.domain.fields.field import Field, FieldEditor, FieldOwner
from core.domain.fields.values import FieldView, FrozenField

FieldValues = Mapping[str, FieldValue]
"""Values by the names of their fields. A field without a value is missing."""

FieldChanges = Mapping[str, FieldValue | None]
"""New values by name; None removes the value. A field that is missing keeps its value."""

Check = Callable[[Field, str, object], FieldValue]
"""The value of a field from what was given, with the key of its error. Raises `Invalid`."""

NO_VALUES: FieldValues = {}
NO_CHANGES: FieldChanges = {}


@dataclass(frozen=True)
class DeclaredFields:
    """All fields of all installed plugins. Their names are unique.

    Values of a plugin that was removed stay, and have no field here.
    """

    fields: tuple[Field, ...] = ()

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        return {each.name: each for each in self.fields}

    def of(self, owner: FieldOwner) -> tuple[Field, ...]:
        return tuple(each for each in self.fields if each.owner is owner)

    def editable(self, owner: FieldOwner, editor: FieldEditor) -> tuple[Field, ...]:
        return tuple(each for each in self.of(owner) if editor in each.edited_by)

    def read(self, owner: FieldOwner, texts: Mapping[str, str], prefix: str = "") -> FieldChanges:
        """The changes of a form or a file. An empty text removes the value.

        Raises:
            Invalid, InvalidFields: a name is unknown, or a text is no value of its field. The
                errors are at ``prefix`` and `Field.key`.
        """
        return self._checked(owner, texts, prefix, _read)

    def changed(
        self,
        owner: FieldOwner,
        before: FieldValues,
        changes: FieldChanges,
        editor: FieldEditor | None,
        prefix: str = "",
    ) -> FieldValues:
        """The values after the changes. Without an ``editor`` the plugin writes.

        Raises:
            Invalid, InvalidFields: a name is unknown, the editor may not write it, a value is
                wrong, or the changes remove a required one.
        """
        checked = self._checked(owner, changes, prefix, _check)
        writable = self.of(owner) if editor is None else self.editable(owner, editor)
        names = {each.name for each in writable}
        after = {**before, **checked}
        errors = []
        for name, value in checked.items():
            if name not in names:
                key = f"{prefix}fields.{name}"
                errors.append(Invalid(key, "The field “{name}” cannot be changed here.", name=name))
            elif value is None and editor is not None and self.by_name[name].required:
                errors.append(Invalid(f"{prefix}fields.{name}", "Enter a value."))
        raise_if_invalid(errors)
        return {name: value for name, value in after.items() if value is not None}

    def defaults(self, owner: FieldOwner) -> FieldValues:
        """The values of a new thing."""
        return {each.name: each.default for each in self.of(owner) if each.default is not None}

    def views(
        self, owner: FieldOwner, values: FieldValues, language: str, *, everything: bool = False
    ) -> Mapping[str, FieldView]:
        """What the buyer sees, by name, in the order of the declarations; or ``everything``."""
        return {
            each.name: FieldView(
                label=each.label.in_language(language),
                value=values[each.name],
                text=each.kind.shown(values[each.name]).in_language(language),
            )
            for each in self.of(owner)
            if each.name in values and (each.shown or everything)
        }

    def frozen(self, owner: FieldOwner, values: FieldValues) -> tuple[FrozenField, ...]:
        """The values with their labels, so that they can be read without the plugin."""
        return tuple(
            FrozenField(
                name=each.name,
                label=each.label,
                kind=each.kind.code,
                value=values[each.name],
                text=each.kind.shown(values[each.name]),
                is_personal=each.is_personal,
                shown=each.shown,
            )
            for each in self.of(owner)
            if each.name in values
        )

    @cached_property
    def filterable(self) -> tuple[Field, ...]:
        return tuple(each for each in self.fields if each.filterable)

    def _checked(
        self, owner: FieldOwner, given: Mapping[str, object], prefix: str, check: Check
    ) -> FieldChanges:
        checked: dict[str, FieldValue | None] = {}
        errors: list[Invalid] = []
        for name, value in given.items():
            key = f"{prefix}fields.{name}"
            field = self.by_name.get(name)
            if field is None or field.owner is not owner:
                errors.append(Invalid(key, "There is no field “{name}”.", name=name[:100]))
                continue
            try:
                checked[name] = None if _is_empty(value) else check(field, key, value)
            except Invalid as error:
                errors.append(error)
        raise_if_invalid(errors)
        return checked


def _read(field: Field, key: str, text: object) -> FieldValue:
    return field.kind.read(key, str(text).strip())


def _check(field: Field, key: str, value: object) -> FieldValue:
    return field.kind.check(key, value)


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
