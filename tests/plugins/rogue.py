"""The source of a plugin with every hook. One of them misbehaves in the way that ``HOW`` names.

Its name is the first of all plugins, so that the shop uses its recommender.
"""

NAME = "a_rogue"
SOURCE = """
import asyncio, os, sys, threading, time
from datetime import UTC, datetime
from uuid import uuid4
from litestar import Response, get
from entrepot import (
    Ability, Acknowledgement, Capability, Every, FactKind, GatewayPayment, GatewayStatus,
    Manifest, Money, Note, Notification, PriceOffer, Recommendation, Redirect, Refusal,
    Rejected, Scene, SearchResult, ShippingRate, TaxAnswer, Text, hookimpl,
)
from entrepot.privacy import Subject

HOW = {"hook": "", "way": "works"}
RELEASE = threading.Event()
MANY = 100_000

manifest = Manifest(
    name="a_rogue", version="1", api=">=1,<2", capabilities=frozenset(Capability)
)


async def act(hook, good, garbage, huge):
    way = HOW["way"] if hook == HOW["hook"] else "works"
    if way == "raises":
        raise ValueError("no")
    if way == "rejects":
        raise Rejected(reason=object())
    if way == "hangs":
        await asyncio.sleep(60)
    if way == "blocks":
        time.sleep(0.6)
    if way == "never ends":
        while True:
            pass
    if way == "exits":
        sys.exit(1)
    if way == "is interrupted":
        raise KeyboardInterrupt
    if way == "is cancelled":
        raise asyncio.CancelledError
    if way == "stops its loop":
        asyncio.get_running_loop().stop()
        await asyncio.sleep(60)
    if way == "leaks threads":
        for _ in range(50):
            threading.Thread(target=RELEASE.wait, daemon=True).start()
    return {"garbage": garbage, "huge": huge}.get(way, lambda: good)()


def rate(code="standard", name=Text({"en": "Rogue"}), minor=1):
    return ShippingRate(code=code, name=name, price=Money(minor, "CNY"))


class Gateway:
    code, name, account = "a_rogue", Text({"en": "Rogue"}), "us"
    scenes, fee_basis_points = (Scene.WEB,), None
    abilities = frozenset({Ability.NOTIFICATIONS})

    async def purchase(self, request):
        return await act(
            "gateway",
            Redirect("https://rogue.example/pay"),
            lambda: Redirect("javascript:alert(1)"),
            lambda: Redirect("https://rogue.example/" + "x" * MANY),
        )

    async def query(self, payment):
        return GatewayPayment(
            reference=payment.reference, status=GatewayStatus.PENDING, account="us"
        )

    close = query

    async def verify(self, raw):
        return await act(
            "notification",
            Notification(key="k", account="us"),
            lambda: Notification(key=7, account=None, payment="paid"),
            lambda: Notification(key="k" * MANY, account="us"),
        )

    def acknowledge(self, *, accepted):
        return Acknowledgement(status=200, body=b"")


class Carrier:
    code = "a_rogue"

    async def rates(self, request):
        return await act("carrier", (), lambda: (rate(name="x"),), lambda: (rate(),) * MANY)


class Recommender:
    code = "a_rogue"

    async def also_bought(self, products, limit):
        return await act("recommender", (), lambda: (1, "x"), lambda: (None,) * MANY)

    async def trending(self, limit):
        return await self.also_bought((), limit)

    async def rebuild(self, purchase_history):
        pass


class Index:
    async def put(self, documents):
        pass

    async def remove(self, product_ids):
        pass

    async def search(self, query):
        return await act(
            "search",
            SearchResult(product_ids=(), total=0),
            lambda: SearchResult(product_ids=("x", 1), total="many", facets=(1,)),
            lambda: SearchResult(product_ids=(uuid4(),) * MANY, total=MANY),
        )


class TaxEngine:
    code = "a_rogue"

    async def calculate(self, request):
        return await act(
            "tax_engine",
            TaxAnswer({line.key: () for line in request.lines}),
            lambda: TaxAnswer({"x": (1,)}),
            lambda: TaxAnswer({line.key: (None,) * MANY for line in request.lines}),
        )


class Subscriber:
    async def handle(self, events):
        return await act("subscriber", None, lambda: "handled", lambda: "x" * MANY)


class Job:
    name, every, limit_seconds = "rogue", Every(minutes=60), 2

    async def run(self):
        return await act("job", None, lambda: "ran", lambda: "x" * MANY)


class Provider:
    code = "a_rogue"

    def inventory(self):
        return []

    async def resolve(self, subject):
        return await act(
            "provider",
            subject,
            lambda: Subject(customers=frozenset({"x"}), contacts=frozenset({1})),
            lambda: Subject(contacts=frozenset(map(str, range(100_000)))),
        )

    async def export(self, subject, cursor): ...
    async def plan(self, subject, cursor): ...
    async def erase(self, subject, decisions): ...
    async def verify(self, subject): ...


def offer(label=Text({"en": "Rogue"}), minor=1):
    return PriceOffer(sku="CELADON-TEAPOT-S", price=Money(minor, "CNY"), label=label)


class Offers:
    async def offers(self, enquiry):
        return await act(
            "price_offers", (), lambda: (offer(label="x"),), lambda: (offer(),) * MANY
        )


class Facts:
    names = {"rogue": FactKind.FLAG}

    async def facts(self, enquiry):
        return await act(
            "facts",
            {"rogue": False},
            lambda: {"rogue": "true"},
            lambda: dict.fromkeys(map(str, range(MANY)), True),
        )


class Guard:
    def __init__(self, hook, required):
        self.hook, self.required = hook, required

    async def review(self, draft):
        return await act(
            self.hook,
            (),
            lambda: (Refusal(text="no"), Note(text=None), 7),
            lambda: (Refusal(text=Text({"en": "x" * MANY})),),
        )


@get("/rogue")
async def route() -> Response[bytes]:
    return await act(
        "route",
        Response(b"well"),
        lambda: Response(b"", headers={"x": "a\\r\\nset-cookie: b=c"}),
        lambda: Response(b"x" * 90 * MANY),
    )


@hookimpl
def entrepot_gateways(context):
    return [Gateway()]


@hookimpl
def entrepot_carriers(context):
    return [Carrier()]


@hookimpl
def entrepot_recommenders(context):
    return [Recommender()]


@hookimpl
def entrepot_search_indexes(context):
    return [Index()]


@hookimpl
def entrepot_tax_engines(context):
    return [TaxEngine()]


@hookimpl
def entrepot_subscribers(context):
    return [Subscriber()]


@hookimpl
def entrepot_personal_data_providers(context):
    return [Provider()]


@hookimpl
def entrepot_jobs(context):
    return [Job()]


@hookimpl
def entrepot_price_offers(context):
    return [Offers()]


@hookimpl
def entrepot_facts(context):
    return [Facts()]


@hookimpl
def entrepot_order_guards(context):
    return [Guard("required_guard", True)]


@hookimpl
def entrepot_routes(context):
    return [route]
"""
OPTIONAL = "b_rogue"
OPTIONAL_SOURCE = """
import a_rogue
from entrepot import Capability, Manifest, hookimpl

manifest = Manifest(
    name="b_rogue", version="1", api=">=1,<2", capabilities=frozenset({Capability.ORDER_GUARDS})
)


@hookimpl
def entrepot_order_guards(context):
    return [a_rogue.Guard("order_guard", False)]
"""
"""Its guard is not required: it is a plugin of its own, because a plugin falls as a whole."""

WAYS = (
    "raises",
    "rejects",
    "hangs",
    "blocks",
    "never ends",
    "exits",
    "is interrupted",
    "is cancelled",
    "stops its loop",
    "leaks threads",
    "garbage",
    "huge",
)
