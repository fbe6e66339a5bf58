"""Validation of products, attributes, variants and categories."""

from uuid import uuid4

import pytest

from core.domain.catalogue.attribute import Attribute, AttributeKind
from core.domain.catalogue.category import Category
from core.domain.catalogue.variant import Variant
from core.domain.errors import IllegalTransition, Invalid
from core.domain.identifiers import CategoryId, Sku, VariantId
from core.domain.money import Money
from core.domain.text import Text
from tests.factories import NOW, a_product, text, yuan


def an_attribute(kind: AttributeKind, value: str) -> Attribute:
    return Attribute(code="x", name=text("X"), value=value, label=text("X"), kind=kind)


@pytest.mark.parametrize("value", ["true", "false"])
def test_a_flag_is_true_or_false(value: str) -> None:
    assert an_attribute(AttributeKind.FLAG, value).value == value
    with pytest.raises(Invalid, match="true or false"):
        an_attribute(AttributeKind.FLAG, "yes")


@pytest.mark.parametrize("value", ["1", "-1.5", "0.25"])
def test_a_number_is_written_with_digits(value: str) -> None:
    assert an_attribute(AttributeKind.NUMBER, value).value == value


@pytest.mark.parametrize("value", ["", ".5", "1,5", "1e3", "١"])
def test_an_invalid_number_is_refused(value: str) -> None:
    with pytest.raises(Invalid, match="must be a number"):
        an_attribute(AttributeKind.NUMBER, value)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"price": Money(-1, "CNY")}, "price"),
        ({"weight_grams": -1}, "weight"),
        ({"size_mm": (1, 10**10, 1)}, "weight"),
        ({"compare_at": Money(1, "EUR")}, "compare_at"),
    ],
)
def test_an_invalid_variant_is_refused(changes: dict[str, object], field: str) -> None:
    values: dict[str, object] = {"id": VariantId(uuid4()), "sku": Sku("CUP"), "price": yuan(1)}
    with pytest.raises(Invalid) as refused:
        Variant(**{**values, **changes})  # type: ignore[arg-type]
    assert refused.value.field == field


def test_a_move_that_is_not_in_the_table_is_refused() -> None:
    product = a_product(CategoryId(uuid4()))
    with pytest.raises(IllegalTransition):
        product.move("unpublish", NOW)


def test_a_description_has_a_maximum_length() -> None:
    product = a_product(CategoryId(uuid4()))
    product.description = Text({"en": "x" * 100_001})
    with pytest.raises(Invalid, match="description"):
        product.record_change(NOW)


def test_a_category_is_not_its_own_parent() -> None:
    own = CategoryId(uuid4())
    with pytest.raises(Invalid):
        Category(id=own, slug="tea", name=text("Tea"), parent_id=own)
