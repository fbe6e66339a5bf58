"""Home, categories, search and product pages."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote_plus

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from adapters.web.api.catalogue import attributes_of
from adapters.web.storefront.viewed import Viewed
from adapters.web.storefront.visit import Form, Visit
from adapters.web.visitors import CART, CART_LIVES_SECONDS
from core.application.browsing import BrowseProducts, ShowProduct, SuggestProducts, SuggestToMember
from core.application.carts import AddToCart, CartOwner
from core.domain.errors import DomainError, Invalid, NotFound
from core.domain.identifiers import Sku
from core.domain.money import Money
from ports.search import SearchQuery, Sort
from ports.storage.shelf import CategoryView, ProductView, VariantView

PER_PAGE = 24
ON_HOME = 12


@dataclass(frozen=True, slots=True)
class Choices:
    """What a list is narrowed to, as its address says it."""

    words: str
    filters: tuple[str, ...]
    price_min: str
    price_max: str
    in_stock: bool
    sort: Sort
    cursor: str

    @staticmethod
    def of(visit: Visit) -> "Choices":
        query = visit.request.query_params
        try:
            sort = Sort(query.get("sort", Sort.RELEVANCE))
        except ValueError:
            sort = Sort.RELEVANCE
        return Choices(
            words=query.get("q", "").strip()[:200],
            filters=tuple(query.getall("filter", []))[:20],
            price_min=query.get("price_min", "").strip()[:12],
            price_max=query.get("price_max", "").strip()[:12],
            in_stock=query.get("in_stock") == "1",
            sort=sort,
            cursor=query.get("cursor", ""),
        )

    def query(self, currency: str) -> SearchQuery:
        """Raises `Invalid` for a price that is none."""
        prices = [_minor(self.price_min, currency), _minor(self.price_max, currency)]
        if None not in prices:
            prices.sort()
        return SearchQuery(
            words=self.words,
            attributes=attributes_of(list(self.filters)),
            lowest=prices[0],
            highest=prices[1],
            in_stock=self.in_stock,
            sort=self.sort,
            limit=PER_PAGE,
            cursor=self.cursor,
        )

    def address(self, **changes: Any) -> str:
        """The query string of these choices with changes, back on the first page."""
        filters = changes.get("filters", self.filters)
        sort = changes.get("sort", self.sort)
        pairs = [
            ("q", self.words),
            *(("filter", each) for each in filters),
            ("price_min", self.price_min),
            ("price_max", self.price_max),
            ("in_stock", "1" if self.in_stock else ""),
            ("sort", "" if sort is Sort.RELEVANCE else sort),
            ("cursor", changes.get("cursor", "")),
        ]
        return "&".join(f"{name}={quote_plus(value)}" for name, value in pairs if value)

    def toggled(self, each: str) -> str:
        without = tuple(known for known in self.filters if known != each)
        return self.address(
            filters=without if len(without) < len(self.filters) else (*self.filters, each)
        )


@get("/", include_in_schema=False)
async def home(
    visit: NamedDependency[SkipValidation[Visit]],
    browse_products: NamedDependency[SkipValidation[BrowseProducts]],
    suggest_products: NamedDependency[SkipValidation[SuggestProducts]],
    suggest_to_member: NamedDependency[SkipValidation[SuggestToMember]],
) -> Response[bytes]:
    newest = await browse_products(
        SearchQuery(sort=Sort.NEWEST, limit=ON_HOME, in_stock=True), visit.language
    )
    member, viewed = visit.customer_id, Viewed.by(visit)
    return await visit.page(
        "catalogue/home.html",
        public=True,
        for_you=await suggest_to_member(member, visit.language) if member else (),
        viewed=await viewed.cards(visit) if viewed else (),
        newest=newest.products,
        trending=await suggest_products((), visit.language, limit=ON_HOME),
    )


@get("/c/{slug:str}", include_in_schema=False)
async def category(
    slug: FromPath[str],
    visit: NamedDependency[SkipValidation[Visit]],
    browse_products: NamedDependency[SkipValidation[BrowseProducts]],
    currency: NamedDependency[str],
) -> Response[bytes]:
    tree = await visit.shelf.categories(visit.language)
    here = next((each for each in tree if each.slug == slug), None)
    if here is None:
        raise NotFound("category", slug)
    choices = Choices.of(visit)
    return await _list(visit, browse_products, (here, tree, choices), currency)


@get("/search", include_in_schema=False)
async def search(
    visit: NamedDependency[SkipValidation[Visit]],
    browse_products: NamedDependency[SkipValidation[BrowseProducts]],
    currency: NamedDependency[str],
) -> Response[bytes]:
    tree = await visit.shelf.categories(visit.language)
    choices = Choices.of(visit)
    return await _list(visit, browse_products, (None, tree, choices), currency)


async def _list(
    visit: Visit,
    browse_products: BrowseProducts,
    where: tuple[CategoryView | None, tuple[CategoryView, ...], Choices],
    currency: str,
) -> Response[bytes]:
    """A list; a price that is none is said above the list without it."""
    here, _, choices = where
    problem: Invalid | None = None
    try:
        query = choices.query(currency)
    except Invalid as error:
        problem = error
        query = replace(choices, price_min="", price_max="", filters=()).query(currency)
    listing = await browse_products(
        replace(query, category=here.id if here else None), visit.language
    )
    context = _listing(*where, listing)
    if problem is not None:
        return await visit.refusal("catalogue/listing.html", problem, **context)
    return await visit.page("catalogue/listing.html", public=True, **context)


@get("/p/{handle:str}", include_in_schema=False)
async def product(
    handle: FromPath[str],
    visit: NamedDependency[SkipValidation[Visit]],
    show_product: NamedDependency[SkipValidation[ShowProduct]],
    suggest_products: NamedDependency[SkipValidation[SuggestProducts]],
) -> Response[bytes]:
    shown = await show_product(handle, visit.language)
    chosen = variant_chosen(shown, dict(visit.request.query_params.items()))
    viewed = Viewed.by(visit)
    return await visit.page(
        "catalogue/product.html",
        public=True,
        cookies=[viewed.with_product(shown.id).cookie(visit)] if viewed else (),
        viewed=await viewed.cards(visit, but=shown.id) if viewed else (),
        **await _product(visit, shown, chosen, suggest_products),
    )


@post("/p/{handle:str}", include_in_schema=False)
async def add(
    handle: FromPath[str],
    visit: NamedDependency[SkipValidation[Visit]],
    show_product: NamedDependency[SkipValidation[ShowProduct]],
    suggest_products: NamedDependency[SkipValidation[SuggestProducts]],
    add_to_cart: NamedDependency[SkipValidation[AddToCart]],
) -> Response[Any]:
    """Put the chosen variant in the cart; the first time, give the visitor one."""
    form = await Form.of(visit.request)
    shown = await show_product(handle, visit.language)
    chosen = variant_chosen(shown, form.values)
    if form.text("choose"):
        return visit.go(f"/p/{handle}?sku={chosen.sku}" if chosen else f"/p/{handle}")
    owner = visit.owner
    if not owner.token:
        owner = CartOwner(token=visit.new_token(), customer_id=owner.customer_id)
    try:
        if chosen is None:
            raise Invalid("options", "Choose a value for each option first.")
        units = await add_to_cart(owner, Sku(chosen.sku), form.number("quantity", 1))
    except DomainError as error:
        return await visit.refusal(
            "catalogue/product.html",
            error,
            **await _product(visit, shown, chosen, suggest_products, form.text("quantity")),
        )
    return visit.go(
        "/cart",
        [
            visit.cookie(CART, owner.token, CART_LIVES_SECONDS),
            visit.units_cookie(units),
        ],
    )


def variant_chosen(product: ProductView, given: dict[str, str]) -> VariantView | None:
    """By ``sku``, or by one value of each option; without either, the first that is in stock."""
    variants = product.variants
    named = next((each for each in variants if each.sku == given.get("sku")), None)
    picked = {option.code: given.get(f"option-{option.code}", "") for option in product.options}
    if any(picked.values()):
        return next((each for each in variants if dict(each.options) == picked), None)
    if given.get("sku") or len(variants) == 0:
        return named
    return next((each for each in variants if each.available > 0), variants[0])


async def _product(
    visit: Visit,
    shown: ProductView,
    chosen: VariantView | None,
    suggest_products: SuggestProducts,
    quantity: str = "1",
) -> dict[str, Any]:
    tree = await visit.shelf.categories(visit.language)
    return {
        "product": shown,
        "chosen": chosen,
        "quantity": quantity or "1",
        "trail": trail_of(tree, shown),
        "suggestions": await suggest_products([shown.id], visit.language),
    }


def trail_of(
    tree: tuple[CategoryView, ...], here: ProductView | CategoryView
) -> tuple[CategoryView, ...]:
    """The categories from the top to where something stands."""
    by_id = {each.id: each for each in tree}
    current = by_id.get(here.category_id if isinstance(here, ProductView) else here.id)
    trail: list[CategoryView] = []
    while current is not None:
        trail.insert(0, current)
        current = by_id.get(current.parent_id) if current.parent_id else None
    return tuple(trail)


def _listing(
    here: CategoryView | None, tree: tuple[CategoryView, ...], choices: Choices, listing: Any
) -> dict[str, Any]:
    return {
        "here": here,
        "trail": trail_of(tree, here) if here else (),
        "children": tuple(each for each in tree if here and each.parent_id == here.id),
        "choices": choices,
        "listing": listing,
        "sorts": Sort,
    }


def _minor(text: str, currency: str) -> int | None:
    return Money.parse(text, currency).minor if text else None


handlers = [home, category, search, product, add]
