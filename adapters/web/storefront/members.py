"""Registering, logging in, and the member centre."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation
from litestar.response import Redirect as RedirectResponse

from adapters.contacts.normalisation import normal_contact
from adapters.web.api.members import login_of
from adapters.web.storefront.checkout import address_of
from adapters.web.storefront.visit import Form, Visit, local_path
from adapters.web.visitors import (
    CART,
    MEMBER_STAYS_SECONDS,
    SESSION,
)
from core.application.carts import CartOwner, ShowCart
from core.application.members import (
    ArrangeAddresses,
    KeepAddress,
    LogIn,
    LogOut,
    RegisterMember,
    Registration,
)
from core.domain.errors import DomainError, NotFound
from core.domain.identifiers import AddressId, CustomerId
from core.domain.privacy.policy import Policy
from ports.storage.ledgers import OrderLedger, Register

ORDERS_SHOWN = 20


@get("/login", include_in_schema=False)
async def log_in_page(visit: NamedDependency[SkipValidation[Visit]]) -> Response[Any]:
    if visit.member:
        return visit.go("/account")
    return await visit.page("customers/login.html", values={"next": _next(visit)})


@post("/login", include_in_schema=False)
async def log_in_(
    visit: NamedDependency[SkipValidation[Visit]],
    log_in: NamedDependency[SkipValidation[LogIn]],
) -> Response[Any]:
    form = await Form.of(visit.request)
    try:
        token = await log_in(
            login_of(form.text("login")), form.text("password"), CartOwner(token=visit.cart_token)
        )
    except DomainError as error:
        return await visit.refusal("customers/login.html", error, values=form.values)
    return _enter(visit, token, form.text("next"))


@get("/register", include_in_schema=False)
async def register_page(
    visit: NamedDependency[SkipValidation[Visit]],
    policy: NamedDependency[SkipValidation[Policy]],
) -> Response[Any]:
    if visit.member:
        return visit.go("/account")
    return await visit.page(
        "customers/register.html", values={"next": _next(visit)}, age=policy.age_of_consent
    )


@post("/register", include_in_schema=False)
async def register_(
    visit: NamedDependency[SkipValidation[Visit]],
    register_member: NamedDependency[SkipValidation[RegisterMember]],
    log_in: NamedDependency[SkipValidation[LogIn]],
    policy: NamedDependency[SkipValidation[Policy]],
) -> Response[Any]:
    form = await Form.of(visit.request)
    try:
        login = normal_contact(form.text("login"))
        await register_member(
            Registration(
                login=login,
                password=form.text("password"),
                name=form.text("name"),
                language=visit.language,
                old_enough=form.text("old_enough") == "1",
                marketing=form.text("marketing") == "1",
            )
        )
        token = await log_in(login, form.text("password"), CartOwner(token=visit.cart_token))
    except DomainError as error:
        return await visit.refusal(
            "customers/register.html", error, values=form.values, age=policy.age_of_consent
        )
    return _enter(visit, token, form.text("next"))


@post("/logout", include_in_schema=False)
async def log_out_(
    visit: NamedDependency[SkipValidation[Visit]],
    log_out: NamedDependency[SkipValidation[LogOut]],
) -> Response[Any]:
    await log_out(str(visit.request.cookies.get(SESSION, "")))
    gone = [visit.cookie(name, "", 0) for name in (SESSION, CART)]
    return visit.go("/", [*gone, visit.units_cookie(0)])


@get("/account", include_in_schema=False)
async def account(
    visit: NamedDependency[SkipValidation[Visit]],
    register: NamedDependency[SkipValidation[Register]],
    order_ledger: NamedDependency[SkipValidation[OrderLedger]],
    show_cart: NamedDependency[SkipValidation[ShowCart]],
) -> Response[Any]:
    if visit.customer_id is None:
        return visit.go(f"/login?next=/{visit.language}/account")
    orders, cursor = await order_ledger.list(
        customer_id=visit.customer_id,
        state=None,
        words="",
        language=visit.language,
        limit=ORDERS_SHOWN,
        cursor=visit.request.query_params.get("cursor", ""),
    )
    cart = await show_cart(visit.owner, visit.language)
    return await visit.page(
        "customers/account.html",
        cookies=[visit.units_cookie(cart.units)] if cart.units != visit.cart_units else (),
        customer=await register.customer(visit.customer_id),
        orders=orders,
        cursor=cursor,
    )


@get(["/account/addresses/new", "/account/addresses/{address_id:uuid}"], include_in_schema=False)
async def address_page(
    visit: NamedDependency[SkipValidation[Visit]],
    register: NamedDependency[SkipValidation[Register]],
    address_id: FromPath[UUID | None] = None,
) -> Response[Any]:
    if visit.customer_id is None:
        return visit.go(f"/login?next=/{visit.language}/account")
    values: dict[str, str] = {"country": "CN"}
    if address_id is not None:
        customer = await register.customer(visit.customer_id)
        known = customer.address(AddressId(address_id)).address
        values = {name: str(getattr(known, name)) for name in known.__slots__}
    return await visit.page("customers/address.html", values=values, address_id=address_id)


@post(["/account/addresses/new", "/account/addresses/{address_id:uuid}"], include_in_schema=False)
async def keep_address_(
    visit: NamedDependency[SkipValidation[Visit]],
    keep_address: NamedDependency[SkipValidation[KeepAddress]],
    address_id: FromPath[UUID | None] = None,
) -> Response[Any]:
    member = _member(visit)
    form = await Form.of(visit.request)
    try:
        await keep_address(member, address_of(form), AddressId(address_id) if address_id else None)
    except DomainError as error:
        return await visit.refusal(
            "customers/address.html", error, values=form.values, address_id=address_id
        )
    return visit.go("/account#addresses")


@post("/account/addresses/{address_id:uuid}/{action:str}", include_in_schema=False)
async def arrange_address(
    visit: NamedDependency[SkipValidation[Visit]],
    arrange_addresses: NamedDependency[SkipValidation[ArrangeAddresses]],
    address_id: FromPath[UUID],
    action: FromPath[str],
) -> Response[Any]:
    """``drop`` an entry, or ``prefer`` it at checkout."""
    member = _member(visit)
    if action == "drop":
        await arrange_addresses.drop(member, AddressId(address_id))
    elif action == "prefer":
        await arrange_addresses.prefer(member, AddressId(address_id))
    else:
        raise NotFound("page", action)
    return visit.go("/account#addresses")


def _member(visit: Visit) -> CustomerId:
    if visit.customer_id is None:
        raise NotFound("page", visit.request.scope["path"])
    return visit.customer_id


def _next(visit: Visit) -> str:
    return local_path(visit.request.query_params.get("next", ""), f"/{visit.language}/account")


def _enter(visit: Visit, token: str, following: str) -> Response[Any]:
    return RedirectResponse(
        local_path(following, f"/{visit.language}/account"),
        status_code=303,
        cookies=[
            visit.cookie(SESSION, token, MEMBER_STAYS_SECONDS),
            visit.cookie(CART, "", 0),
        ],
    )


entrances = [log_in_, register_]
handlers = [
    log_in_page,
    register_page,
    log_out_,
    account,
    address_page,
    keep_address_,
    arrange_address,
]
