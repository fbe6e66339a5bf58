"""The fields of plugins in a submitted form."""

from adapters.web.forms import SubmittedForm
from core.domain.fields.declared import DeclaredFields, FieldChanges
from core.domain.fields.field import FieldOwner

KEY = "fields."


def changes_in(
    form: SubmittedForm, declared: DeclaredFields, owner: FieldOwner, prefix: str = ""
) -> FieldChanges | None:
    """The changes of the fields that the form has; None if it has none.

    Raises:
        Invalid, InvalidFields: a name is unknown, or a text is no value of its field.
    """
    start = prefix + KEY
    texts = {
        key.removeprefix(start): form.whole(key) for key in form.values if key.startswith(start)
    }
    return declared.read(owner, texts, prefix) if texts else None
