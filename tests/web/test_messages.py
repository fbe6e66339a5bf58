"""Messages are translated, and templates and style sheets are valid."""

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
from core.domain.ledger.transfers import TransferState
from core.domain.orders.states import OrderState
from core.domain.payments.payment import PaymentState
from core.domain.payments.refund import RefundState
from core.domain.pricing.promotions.managed import PromotionState
from core.domain.privacy.request import RequestState
from core.domain.returns import ReturnState
from tests.web.messages import CODE, ROOT, TEMPLATES, all_messages

MAX_LINE_LENGTH = 120
STATES = (
    OrderState,
    FulfillmentState,
    PaymentState,
    RefundState,
    ReturnState,
    ProductState,
    RequestState,
    TransferState,
    PromotionState,
)
SHOWN_ERRORS = (
    "NotFound",
    "AlreadyExists",
    "IllegalTransition",
    "StaleVersion",
    "CheckoutIncomplete",
)
"""Errors whose first argument is shown to users."""


@cache
def catalog() -> Catalog:
    with (LOCALE / "zh" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file)


@cache
def pairs() -> dict[str, str]:
    return {str(each.id): str(each.string) for each in catalog() if each.id}


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
        and getattr(node.func, "id", "") in SHOWN_ERRORS
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"{\w+}", text))


def test_every_message_in_the_code_has_a_translation() -> None:
    assert len(all_messages()) > 300
    assert [message for message in all_messages() if message not in pairs()] == []


def test_no_translation_is_empty_or_fuzzy() -> None:
    assert len(pairs()) > 300
    assert [each.id for each in catalog() if each.id and (each.fuzzy or not each.string)] == []


def test_a_translation_has_the_placeholders_of_its_message() -> None:
    wrong = [key for key, text in pairs().items() if placeholders(key) != placeholders(text)]
    assert wrong == []


def test_customers_are_addressed_politely() -> None:
    assert any("您" in text for text in pairs().values())
    assert [text for text in pairs().values() if "你" in text] == []


def test_every_translation_is_used() -> None:
    strings = {
        node.value
        for module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(pairs()) - set(all_messages()) - strings == set()


def test_states_and_subjects_in_errors_are_translated() -> None:
    states = {state for enum in STATES for state in enum}
    assert {"order", "product"} <= shown_words()
    assert (states | shown_words()) - set(pairs()) == set()


def test_lines_of_templates_styles_and_scripts_are_short() -> None:
    files = [*TEMPLATES.rglob("*.html"), *STATIC.glob("*.css"), *STATIC.glob("*.js")]
    assert len(files) > 30
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    assert [line for line in lines if len(line) > MAX_LINE_LENGTH] == []


def test_the_style_sheet_is_valid_and_has_no_dead_classes() -> None:
    css = (STATIC / "shop.css").read_text(encoding="utf-8")
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    assert [rule.message for rule in rules if rule.type == "error"] == []
    assert set(re.findall(r"var\((--[\w-]+)\)", css)) == set(re.findall(r"(--[\w-]+):", css))
    pages = "".join(file.read_text(encoding="utf-8") for file in TEMPLATES.rglob("*.html"))
    used = set(re.findall(r"[\w-]+", pages))
    assert set(re.findall(r"\.([a-z][\w-]*)(?![^{]*;)", css)) - used == set()


def test_conditional_attributes_are_kept_apart() -> None:
    """Jinja removes the line break after a block, so two attributes in a row have no space."""
    run_together = re.compile(r"{% if [^\n]*[^<>\s]{% endif %}\n\s*{% if [^<\n]*{% endif %}")
    assert run_together.search("{% if a %}checked{% endif %}\n  {% if b %}required{% endif %}")
    pages = {file.name: file.read_text(encoding="utf-8") for file in TEMPLATES.rglob("*.html")}
    assert [name for name, text in pages.items() if run_together.search(text)] == []
