"""A field that a plugin declares: its owner, its kind, and the people who see and edit it."""

import re
from dataclasses import dataclass
from enum import StrEnum

from core.domain.errors import Invalid
from core.domain.fields.checks import FieldValue
from core.domain.fields.choices import Choice, YesNo
from core.domain.fields.kinds import FieldKind
from core.domain.fields.numbers import WholeNumber
from core.domain.privacy.inventory import DataSubjectKind, NotPersonal, OnErase, Pii
from core.domain.text import Text

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}\.[a-z][a-z0-9_]{0,39}")
NO_HELP = Text({})


class FieldOwner(StrEnum):
    """What has the field."""

    PRODUCT = "product"
    VARIANT = "variant"
    CATEGORY = "category"
    CUSTOMER = "customer"
    ORDER = "order"
    LINE = "line"


class FieldEditor(StrEnum):
    """Who writes the value in the faces of the shop. Its plugin can write it in any case.

    ``customer`` is the buyer in the cart or the checkout, or the member in the own account.
    """

    STAFF = "staff"
    CUSTOMER = "customer"


EDITORS: dict[FieldOwner, frozenset[FieldEditor]] = {
    FieldOwner.PRODUCT: frozenset({FieldEditor.STAFF}),
    FieldOwner.VARIANT: frozenset({FieldEditor.STAFF}),
    FieldOwner.CATEGORY: frozenset(),
    FieldOwner.CUSTOMER: frozenset({FieldEditor.CUSTOMER}),
    FieldOwner.ORDER: frozenset({FieldEditor.CUSTOMER}),
    FieldOwner.LINE: frozenset({FieldEditor.CUSTOMER}),
}
"""The editors that the shop has a page for."""

GOODS = frozenset({FieldOwner.PRODUCT, FieldOwner.VARIANT})
FILTERABLE = (Choice, YesNo, WholeNumber)


class WrongField(ValueError):
    """A declaration that the shop refuses, with its plugin. The message is one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A typed field of a plugin on a thing of the shop.

    ``name`` is ``PLUGIN.name``. ``personal`` classifies its values. ``default`` is the value of
    a new product, variant or order that is given none. ``shown``: the buyer sees it, on the page
    of the product, category or order, or in the account. ``edited_by`` is empty if the plugin
    alone writes it. ``required``: the people who edit it must give a value. ``filterable``: lists
    have it as a filter with counts. ``asked_at_checkout``: the form that places the order asks
    for it.

    Raises:
        WrongField: the parts of the declaration do not fit together.
    """

    owner: FieldOwner
    name: str
    label: Text
    kind: FieldKind
    personal: Pii | NotPersonal
    help: Text = NO_HELP
    required: bool = False
    default: FieldValue | None = None
    shown: bool = False
    edited_by: frozenset[FieldEditor] = frozenset()
    filterable: bool = False
    asked_at_checkout: bool = False

    def __post_init__(self) -> None:
        for is_wrong, problem in (
            (not NAME.fullmatch(self.name), "is no name such as PLUGIN.name"),
            (not self.label, "has no label"),
            (self._unknown_editors(), f"cannot be edited by {', '.join(self._unknown_editors())}"),
            (
                self.required and not self.edited_by,
                "is required, but no one edits it: set edited_by",
            ),
            (
                self.filterable and not (self.owner in GOODS and isinstance(self.kind, FILTERABLE)),
                "is filterable: use a choice, yes or no, or a whole number of products or variants",
            ),
            (
                self.asked_at_checkout
                and (self.owner is not FieldOwner.ORDER or not self.edited_by),
                "is asked at checkout: use a field of orders that the customer edits",
            ),
            (
                self.required and self.owner is FieldOwner.ORDER and not self.asked_at_checkout,
                "is required: set asked_at_checkout",
            ),
            (
                self.owner is FieldOwner.LINE and (self.required or not self.edited_by),
                "is of lines: the customer edits it, and it cannot be required",
            ),
        ):
            if is_wrong:
                raise WrongField(f"the field “{self.name}” {problem}")
        self._check_personal()
        self._check_default()

    @property
    def key(self) -> str:
        """Its name in forms, and in the errors of the API."""
        return f"fields.{self.name}"

    @property
    def is_personal(self) -> bool:
        return isinstance(self.personal, Pii)

    def _unknown_editors(self) -> list[str]:
        return sorted(self.edited_by - EDITORS[self.owner])

    def _check_personal(self) -> None:
        personal, problem = self.personal, ""
        if isinstance(personal, NotPersonal):
            if not personal.reason.strip():
                problem = "needs the reason why it is not personal"
            elif self.owner is FieldOwner.CUSTOMER:
                problem = "says something about a person: declare it with Pii"
        elif self.owner in {*GOODS, FieldOwner.CATEGORY}:
            problem = "is personal, and goods have no personal data: declare it with NotPersonal"
        elif self.owner is FieldOwner.LINE:
            problem = "is personal: ask for it in a field of orders"
        elif personal.on_erase is OnErase.KEEP or not personal.export:
            problem = "must be exported and erased with its order or customer"
        elif personal.sensitive:
            problem = "is sensitive, and the shop keeps no sensitive data in fields"
        elif personal.data_subject is not DataSubjectKind.CUSTOMER:
            problem = "is about staff: only customers have fields"
        if problem:
            raise WrongField(f"the field “{self.name}” {problem}")

    def _check_default(self) -> None:
        if self.default is None:
            return
        if self.owner in {FieldOwner.CUSTOMER, FieldOwner.CATEGORY, FieldOwner.LINE}:
            raise WrongField(f"the field “{self.name}” has a default: use one for goods or orders")
        try:
            self.kind.check(self.key, self.default)
        except Invalid as error:
            raise WrongField(f"the default of the field “{self.name}”: {error}") from error
