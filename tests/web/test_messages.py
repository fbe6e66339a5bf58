"""The words of the shop: one catalogue, complete, and templates that stay readable."""

import ast
import re
from functools import cache

import tinycss2
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from adapters.web.language import LOCALE
from adapters.web.pages import STATIC
from core.domain.catalogue.product import ProductState
from core.domain.fulfillment import FulfillmentState
from core.domain.orders.states import OrderState
from core.domain.payments.payment import PaymentState
from core.domain.payments.refund import RefundState
from core.domain.privacy.request import RequestState
from core.domain.returns import ReturnState
from tests.web.messages import CODE, ROOT, TEMPLATES, everything

LONGEST_LINE = 120
STATES = (
    OrderState,
    FulfillmentState,
    PaymentState,
    RefundState,
    ReturnState,
    ProductState,
    RequestState,
)
SHOWN = ("NotFound", "AlreadyExists", "IllegalTransition", "StaleVersion", "CheckoutIncomplete")
"""Errors whose first argument is a word that people read."""


@cache
def product_queries() -> Catalog:
    with (LOCALE / "zh" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file)


@cache
def pairs() -> dict[str, str]:
    return {str(each.id): str(each.string) for each in product_queries() if each.id}


@cache
def modules() -> tuple[ast.Module, ...]:
    return tuple(
        ast.parse(file.read_text(encoding="utf-8"))
        for folder in CODE
        for file in sorted((ROOT / folder).rglob("*.py"))
    )


def shown_words() -> set[str]:
    return {
        node.args[0].value
        for module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") in SHOWN
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"{\w+}", text))


def test_every_message_of_the_shop_is_translated() -> None:
    assert len(everything()) > 300
    assert [message for message in everything() if message not in pairs()] == []


def test_no_translation_is_empty_or_fuzzy() -> None:
    assert len(pairs()) > 300
    assert [
        each.id for each in product_queries() if each.id and (each.fuzzy or not each.string)
    ] == []


def test_a_translation_has_the_placeholders_of_its_message() -> None:
    wrong = [key for key, text in pairs().items() if placeholders(key) != placeholders(text)]
    assert wrong == []


def test_customers_are_addressed_politely() -> None:
    assert any("您" in text for text in pairs().values())
    assert [text for text in pairs().values() if "你" in text] == []


def test_every_message_of_the_catalogue_is_used() -> None:
    strings = {
        node.value
        for module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(pairs()) - set(everything()) - strings == set()


def test_states_and_subjects_in_errors_are_translated() -> None:
    states = {state for enum in STATES for state in enum}
    assert {"order", "product"} <= shown_words()
    assert (states | shown_words()) - set(pairs()) == set()


def test_lines_of_templates_styles_and_scripts_are_short() -> None:
    files = [*TEMPLATES.rglob("*.html"), *STATIC.glob("*.css"), *STATIC.glob("*.js")]
    assert len(files) > 30
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    assert [line for line in lines if len(line) > LONGEST_LINE] == []


def test_the_style_sheet_is_valid_and_has_no_dead_classes() -> None:
    css = (STATIC / "shop.css").read_text(encoding="utf-8")
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    assert [rule.message for rule in rules if rule.type == "error"] == []
    assert set(re.findall(r"var\((--[\w-]+)\)", css)) == set(re.findall(r"(--[\w-]+):", css))
    pages = "".join(file.read_text(encoding="utf-8") for file in TEMPLATES.rglob("*.html"))
    known = set(re.findall(r"[\w-]+", pages))
    assert set(re.findall(r"\.([a-z][\w-]*)(?![^{]*;)", css)) - known == set()


def test_conditional_attributes_are_kept_apart() -> None:
    """Jinja drops the line break after a block, so two of them in a row run together."""
    run_together = re.compile(r"{% if [^\n]*[^<>\s]{% endif %}\n\s*{% if [^<\n]*{% endif %}")
    assert run_together.search("{% if a %}checked{% endif %}\n  {% if b %}required{% endif %}")
    pages = {file.name: file.read_text(encoding="utf-8") for file in TEMPLATES.rglob("*.html")}
    assert [name for name, text in pages.items() if run_together.search(text)] == []
