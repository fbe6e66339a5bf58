"""People with a unique mark in each field, and actions that store the marks everywhere."""

import hashlib
import html
import json
import re
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa

from core.application.carts.ownership import CartOwner
from core.application.customers.registration import Registration
from core.application.ledger.transfers import TransferInput
from core.application.orders.checkout import PlacedOrder
from core.domain.address import Address
from core.domain.carts import Delivery
from core.domain.claims import Claim, ClaimKind
from core.domain.errors import AlreadyExists
from core.domain.identifiers import CustomerId
from core.domain.ledger.accounts import POINTS, LedgerAccountKind, Owner, OwnerKind
from core.domain.ledger.transfers import payment
from core.domain.pricing.coupons.batches import CouponBatch
from core.domain.pricing.coupons.coupon import CouponKind
from core.domain.returns import Remedy, ReturnInput, ReturnReason
from core.domain.text import Text
from entrepot.assembly.shop import Shop
from ports.idempotency import Claim as RequestClaim
from ports.idempotency import StoredResponse
from ports.payments.gateway import GatewayStatus
from tests.bank import BACK, LINE, PARCEL, SMALL, Bank, checkout, notification
from tests.claiming import claiming
from tests.coupons import save_opened

WELCOME = Claim(kind=ClaimKind.COUPON, key="WELCOME", per_person=99)
BYTEA = re.compile(r"\\x((?:[0-9a-f]{2})+)")


@dataclass(frozen=True)
class Person:
    """``word`` is in every mark; ``digits`` in every number."""

    word: str
    chinese: str
    digits: str

    @cached_property
    def marks(self) -> dict[str, str]:
        return {
            "login": f"{self.word}-login@example.com",
            "name": f"{self.chinese}名",
            "contact": f"{self.word}-contact@example.com",
            "recipient": f"收件人{self.chinese}",
            "phone": f"+86138{self.digits}",
            "street": f"{self.chinese}路 987 号",
            "tracking": f"SF{self.word.upper()}0001",
            "note": f"{self.chinese}说壶嘴裂了",
            "answer": f"KEPT{self.word.upper()}ANSWER {self.word}-login@example.com",
            "notification": f"SENT{self.word.upper()}",
        }

    @cached_property
    def address(self) -> Address:
        return Address(
            name=self.marks["recipient"],
            phone=self.marks["phone"],
            country="CN",
            region="广东省",
            city="深圳市",
            district="南山区",
            street=self.marks["street"],
        )

    @property
    def delivery(self) -> Delivery:
        return Delivery(contact=self.marks["contact"], address=self.address)

    def marks_in(self, content: bytes) -> list[str]:
        low = content.lower()
        return [
            name
            for name, mark in self.marks.items()
            if any(spelling in low for spelling in spellings(mark))
        ]


MARKED = Person("markeda", "马可丁", "12349876")
ALIKE = Person("markedb", "马可乙", "12349875")


async def register(shop: Shop, person: Person) -> CustomerId:
    customer = await shop.register_member()(
        Registration(
            login=person.marks["login"],
            password="long enough",
            name=person.marks["name"],
            language="zh",
            old_enough=True,
        )
    )
    await shop.save_address()(customer, person.address)
    return customer


async def verify_email(shop: Shop, customer_id: CustomerId) -> None:
    """Mark the log-in of a customer as verified."""
    async with shop.units()() as unit:
        customer = await unit.customers.get(customer_id)
        customer.login_verified = True
        await unit.customers.save(customer)
        await unit.commit()


async def bought(
    shop: Shop, bank: Bank, owner: CartOwner, person: Person, delivery: Delivery
) -> PlacedOrder:
    """Order and pay, with a notification of the gateway."""
    await shop.add_to_cart()(owner, SMALL, 1)
    await shop.set_delivery()(owner, delivery)
    key = f"{person.word}-{len(bank.asked)}"
    placed = await claiming(shop, WELCOME)(owner, await checkout(shop, owner, key))
    await shop.start_payment()(placed.id, BACK)
    bank.known = GatewayStatus.PAID
    message = notification(bank.asked[-1].reference)
    body = f"{key}|{person.marks['notification']}".encode()
    await shop.receive_notification()("bank", replace(message, body=body))
    bank.known = GatewayStatus.PENDING
    return placed


async def earn_points(shop: Shop, customer_id: CustomerId) -> None:
    open_account = shop.open_ledger_account()
    owner = Owner(OwnerKind.MEMBER, customer_id)
    own = await open_account(owner, LedgerAccountKind.POINTS, POINTS)
    issued = await open_account.of_shop(LedgerAccountKind.ISSUED, POINTS)
    await shop.make_transfer()(
        TransferInput(key=str(shop.new_id()()), reason="welcome", lines=payment(issued, own, 100))
    )


async def take_coupon(shop: Shop, customer_id: CustomerId) -> None:
    batch = CouponBatch(
        code="welcome",
        promotion="welcome",
        label=Text({"zh": "新人券"}),
        kind=CouponKind.CLAIMED,
    )
    await save_opened(shop, "welcome")
    with suppress(AlreadyExists):
        await shop.create_coupon_batch()(batch)
    await shop.claim_coupon()("welcome", customer_id)


async def a_life(
    shop: Shop, bank: Bank, person: Person = MARKED, *, done: bool = False
) -> PlacedOrder:
    """Register, earn points, take a coupon, buy, receive, request a return, and leave a cart.

    With ``done`` the return is withdrawn: only the return period of the order has not ended.
    """
    customer = await register(shop, person)
    await earn_points(shop, customer)
    await take_coupon(shop, customer)
    owner = CartOwner(customer_id=customer)
    placed = await bought(shop, bank, owner, person, person.delivery)
    parcel = replace(PARCEL, tracking_number=person.marks["tracking"])
    await shop.ship_order()(placed.id, parcel, "staff")
    await shop.deliver_order()(placed.id, "carrier")
    details = ReturnInput(
        quantities={LINE: 1},
        reason=ReturnReason.DAMAGED,
        remedy=Remedy.REFUND,
        note=person.marks["note"],
    )
    return_ = await shop.request_return()(placed.id, details)
    if done:
        await shop.handle_return().withdraw(return_.id)
    await shop.add_to_cart()(owner, SMALL, 1)
    await shop.set_delivery()(owner, person.delivery)
    keys = shop.idempotency_keys()
    answer = StoredResponse(status=201, content_type="text", body=person.marks["answer"].encode())
    claim = RequestClaim(scope=person.word, key="key", fingerprint="print")
    await keys.finish(claim, answer, datetime.now(UTC))
    return placed


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def inner_base64(mark: bytes, before: int) -> bytes:
    """The base64 of a mark that starts ``before`` bytes after a group of three, without edges."""
    coded = b64encode(b" " * before + mark)
    return coded[-(-before * 8 // 6) : (before + len(mark)) * 8 // 6]


SPELLINGS: dict[str, Callable[[str], Iterable[bytes]]] = {
    "plain": lambda mark: [mark.encode(), mark.encode("utf-16-le")],
    "upper case": lambda mark: [mark.upper().encode()],
    "full width": lambda mark: [full_width(mark).encode()],
    "JSON": lambda mark: [json.dumps(mark)[1:-1].encode(), mark.encode("unicode_escape")],
    "URL": lambda mark: [quote(mark, safe="").encode()],
    "HTML": lambda mark: [html.escape(mark).encode(), mark.encode("ascii", "xmlcharrefreplace")],
    "base64": lambda mark: [inner_base64(mark.encode(), before) for before in range(3)],
    "hex": lambda mark: [mark.encode().hex().encode()],
    "hashed": lambda mark: [
        spelled
        for name in ("md5", "sha1", "sha256")
        for digest in (hashlib.new(name, mark.encode()),)
        for spelled in (digest.digest(), digest.hexdigest().encode())
    ],
    "split": lambda mark: [
        separator.join((mark[:-8], mark[-8:-4], mark[-4:])).encode()
        for separator in (" ", "-")
        if mark.startswith("+")
    ],
}
"""Encodings of a mark that the search covers. The search ignores case."""


@cache
def spellings(mark: str) -> tuple[bytes, ...]:
    written = (each for spell in SPELLINGS.values() for each in spell(mark))
    return tuple({each.lower() for each in written})


async def every_byte(shop: Shop, folder: Path) -> AsyncIterator[tuple[str, bytes]]:
    """All files of the shop; on PostgreSQL also each row as text and the statistics."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.name, path.read_bytes()
    if shop.database().is_sqlite:
        return
    async with shop.database().reads.connect() as connection:
        tables = await connection.run_sync(lambda c: sa.inspect(c).get_table_names())
        for table in [*tables, "pg_stats"]:
            rows = await connection.exec_driver_sql(f"SELECT t::text FROM {table} t")
            text = "\n".join(row[0] for row in rows)
            yield table, text.encode()
            yield table, b" ".join(map(bytes.fromhex, BYTEA.findall(text)))
