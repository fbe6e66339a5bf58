"""A test cart: staff see what applies, what does not, and why. The address has all values."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from litestar import Response, get

from adapters.web.access.requirements import needs
from adapters.web.admin.context import AdminContext
from adapters.web.admin.form_values import codes_in, moment_of
from adapters.web.dependencies import Given
from adapters.web.forms import SubmittedForm
from core.application.pricing.trial_carts import TRIAL_PERSON, TrialCart, TryCart
from core.domain.errors import Invalid
from core.domain.identifiers import Sku
from core.domain.money import Money
from core.domain.pricing.request import PricedCustomer, RequestShipping
from core.domain.shop_permissions import PROMOTIONS_READ
from ports.price_enquiries import AskFacts

TEMPLATE = "test_cart.html"
MOST_ROWS = 50
EMPTY_ROWS = 3
MOST_UNITS = 99_999


@get("/test-cart", include_in_schema=False, opt=needs(PROMOTIONS_READ))
async def show(
    context: Given[AdminContext],
    try_cart: Given[TryCart],
    ask_facts: Given[AskFacts],
    currency: Given[str],
) -> Response[bytes]:
    form = SubmittedForm(
        {str(name): str(value) for name, value in context.request.query_params.items()}
    )
    shown: dict[str, Any] = {
        "values": form.values,
        "rows": _rows(form.values),
        "tried": None,
        "facts": tuple(ask_facts.names),
    }
    if "sku-0" not in form.values:
        return context.page(TEMPLATE, **shown)
    async with context.form_page(TEMPLATE, **shown):
        shown["tried"] = await try_cart(cart_of(form, currency), context.language)
    return context.page(TEMPLATE, **shown)


def cart_of(form: SubmittedForm, currency: str) -> TrialCart:
    """Raises `Invalid`."""
    goods = Counter[Sku]()
    for row in range(MOST_ROWS):
        if sku := form.text(f"sku-{row}"):
            goods[Sku(sku)] += _units(form, f"quantity-{row}")
    return TrialCart(
        goods=goods,
        promotions=codes_in(form.text("promotions")),
        coupons=codes_in(form.text("coupons")),
        customer=PricedCustomer(
            person=TRIAL_PERSON,
            groups=frozenset(codes_in(form.text("groups"))),
            level=form.text("level"),
            paid_orders=form.number("paid_orders", 0),
        ),
        destination=form.text("destination"),
        channel=form.text("channel"),
        payment_method=form.text("payment_method"),
        shipping=_shipping(form, currency),
        at=moment_of(form, "at"),
        facts=_facts(form.text("facts")),
    )


def _facts(text: str) -> Mapping[str, str]:
    """Lines such as ``member.level=gold``. Raises `Invalid`."""
    facts = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, equals, value = line.partition("=")
        if not equals:
            raise Invalid("facts", "Write each fact as name=value.")
        facts[name.strip()] = value.strip()
    return facts


def _rows(values: Mapping[str, Any]) -> range:
    """The rows with goods, and some empty ones."""
    filled = [row for row in range(MOST_ROWS) if values.get(f"sku-{row}")]
    return range(min(max(filled, default=-1) + 1 + EMPTY_ROWS, MOST_ROWS))


def _units(form: SubmittedForm, name: str) -> int:
    units = form.number(name, 1)
    if not 1 <= units <= MOST_UNITS:
        raise Invalid(name, "“{value}” is no number of units.", value=str(units))
    return units


def _shipping(form: SubmittedForm, currency: str) -> RequestShipping | None:
    if not (method := form.text("shipping")):
        return None
    try:
        price = Money.parse(form.text("shipping_price") or "0", currency)
    except Invalid as error:
        raise Invalid("shipping_price", error.template, **error.details) from error
    if price.minor < 0:
        raise Invalid("shipping_price", "The price is below zero.")
    return RequestShipping(method=method, price=price.minor)


handlers = [show]
