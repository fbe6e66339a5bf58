"""`entrepot promotions try`: price a test cart."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import click

from adapters.cli.output import fail_with, invalid_lines, json_option
from adapters.cli.shop import Assembly, pass_assembly, run_prepared
from core.application.pricing.trial_carts import TRIAL_PERSON, TrialCart, TriedCart, TryCart
from core.domain.errors import Invalid, InvalidFields
from core.domain.identifiers import Currency, Sku
from core.domain.money import Money
from core.domain.pricing.request import PricedCustomer, RequestShipping
from core.domain.text import LANGUAGES


@dataclass(frozen=True, slots=True)
class TrialCommands:
    try_cart: TryCart
    currency: Currency


@click.command("try")
@click.argument("goods", nargs=-1, required=True)
@click.option("--promotion", "codes", multiple=True, help="Also this draft; repeat for more.")
@click.option("--coupon", "coupons", multiple=True, help="A coupon code; repeat for more.")
@click.option("--group", "groups", multiple=True, help="A group of the buyer.")
@click.option("--destination", default="", help="Such as CN/浙江省/杭州市.")
@click.option("--shipping", help="The price of shipping, such as 15.00.")
@click.option("--at", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z"]), help="With its offset.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@json_option
@pass_assembly
def try_command(
    assembly: Assembly,
    goods: tuple[str, ...],
    codes: tuple[str, ...],
    coupons: tuple[str, ...],
    groups: tuple[str, ...],
    destination: str,
    shipping: str | None,
    at: datetime | None,
    language: str,
    as_json: bool,
) -> None:
    """Price a test cart of GOODS, such as TEA:2 CUP. Prints what applies, what not, and why."""

    async def work(parts: TrialCommands) -> TriedCart:
        price = Money.parse(shipping, parts.currency).minor if shipping else 0
        cart = TrialCart(
            goods=_goods(goods),
            promotions=codes,
            coupons=coupons,
            customer=PricedCustomer(person=TRIAL_PERSON, groups=frozenset(groups), paid_orders=0),
            destination=destination,
            shipping=RequestShipping(method="standard", price=price) if shipping else None,
            at=at,
        )
        try:
            return await parts.try_cart(cart, language)
        except (Invalid, InvalidFields) as error:
            fail_with(invalid_lines(error))
            raise

    tried = run_prepared(assembly, TrialCommands, work)
    if as_json:
        click.echo(json.dumps(asdict(tried), ensure_ascii=False))
        return
    for line in tried_lines(tried):
        click.echo(line)


def _goods(words: Sequence[str]) -> Mapping[Sku, int]:
    goods = Counter[Sku]()
    for word in words:
        sku, _, units = word.partition(":")
        if units and not units.isdecimal():
            raise click.ClickException(f"“{word}” is no SKU with units such as TEA:2.")
        goods[Sku(sku)] += int(units or 1)
    return goods


def tried_lines(tried: TriedCart) -> Iterator[str]:
    """The goods, what applies, what does not and why, and the sums."""
    for line in tried.lines:
        added = f", added by {line.added_by}" if line.added_by else ""
        source = f", price of {line.price_source}" if line.price_source else ""
        yield f"{line.quantity} × {line.sku} at {line.unit_price}: {line.total}{source}{added}"
    for each in tried.sums.adjustments:
        yield f"applies: {each.label} ({each.source}): {each.amount}"
    for notice in tried.not_applied:
        yield f"does not apply: {notice.label} ({notice.promotion}): {notice.text}"
    for notice in tried.next_steps:
        yield f"next: {notice.label} ({notice.promotion}): {notice.text}"
    for coupon in tried.coupons:
        yield f"coupon {coupon.code}: {coupon.state}. {coupon.text}".rstrip()
    for tax in tried.sums.taxes:
        included = " (in the prices)" if tax.included else ""
        yield f"tax: {tax.label} {tax.rate}: {tax.amount}{included}"
    yield f"total: {tried.sums.total}"
