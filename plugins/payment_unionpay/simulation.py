"""A simulated UnionPay beside the shop, with an authority that it makes up, to try it out."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import (
    BasicConstraints,
    CertificateBuilder,
    Name,
    NameAttribute,
    NameOID,
    random_serial_number,
)
from litestar import Request, Response, Router, post
from litestar.params import FromPath
from pydantic import SecretStr

from entrepot import PluginContext
from entrepot.simulation import Book, Notifier, cashier_routes
from entrepot.simulation.keys import kept_key, private_pem
from plugins.payment_unionpay.settings import UnionpayAccount
from plugins.payment_unionpay.signing import read
from plugins.payment_unionpay.simulator import (
    PREFIX,
    RETRY_AFTER_SECONDS,
    Dropped,
    Party,
    Refused,
    UnionpaySimulator,
)

MERCHANT_ID = "777290058110048"
UNIONPAY = "041@8310000000083040@中国银联股份有限公司@00016495"
MERCHANT = f"041@8310000000083040@{MERCHANT_ID}:SIGN@00000001"
BEGIN, LIFE = datetime(2026, 1, 1, tzinfo=UTC), timedelta(days=3_650)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Three certificates in a row, as PEM, and the merchant's from the same authority."""

    root: str
    middle: str
    leaf: str
    merchant: str


def authority_of(
    root: RSAPrivateKey, middle: RSAPrivateKey, leaf: RSAPublicKey, merchant: RSAPublicKey
) -> Authority:
    return Authority(
        root=certificate(root.public_key(), "Simulated root", root, "Simulated root", ca=True),
        middle=certificate(
            middle.public_key(), "Simulated middle", root, "Simulated root", ca=True
        ),
        leaf=certificate(leaf, UNIONPAY, middle, "Simulated middle"),
        merchant=certificate(merchant, MERCHANT, middle, "Simulated middle"),
    )


def certificate(
    key: RSAPublicKey, name: str, issuer_key: RSAPrivateKey, issuer: str, *, ca: bool = False
) -> str:
    built = (
        CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer))
        .public_key(key)
        .serial_number(random_serial_number())
        .not_valid_before(BEGIN)
        .not_valid_after(BEGIN + LIFE)
        .add_extension(BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(issuer_key, SHA256())
    )
    return built.public_bytes(Encoding.PEM).decode()


def simulated_account(context: PluginContext) -> UnionpayAccount:
    made = _authority(context.data)
    return UnionpayAccount(
        code="unionpay",
        merchant_id=MERCHANT_ID,
        private_key=SecretStr(private_pem(kept_key(context.data / "merchant.pem"))),
        certificate=made.merchant,
        root_certificate=made.root,
        middle_certificates=(made.middle,),
        url=f"{context.base_url}{PREFIX}",
    )


def simulator_routes(context: PluginContext) -> Router:
    simulator = UnionpaySimulator(
        party=Party(
            merchant_id=MERCHANT_ID,
            merchant_key=kept_key(context.data / "merchant.pem").public_key(),
            certificate=_authority(context.data).leaf,
            own_key=kept_key(context.data / "unionpay.pem"),
        ),
        book=Book(context.data / "trades.db"),
        notifier=Notifier((2, 10, *RETRY_AFTER_SECONDS)),
        now=context.now,
        url=context.base_url,
    )
    return routes_of(simulator)


def routes_of(simulator: UnionpaySimulator) -> Router:
    @post("/gateway/api/{name:str}", include_in_schema=False, status_code=200)
    async def api(name: FromPath[str], request: Request[Any, Any, Any]) -> Response[bytes]:
        fields = read(await request.body())
        what = name.removesuffix(".do")
        if what == "frontTransReq":
            return _page(fields)
        try:
            answer = await simulator.answer(what, fields)
        except Dropped:
            return Response(b"", status_code=502)
        return Response(answer, media_type="text/html")

    def _page(fields: dict[str, str]) -> Response[bytes]:
        try:
            reference = simulator.open(fields)
        except Refused as refused:
            forged = str(refused) == "11"
            return simulator.cashier.refuse("signature" if forged else "amount_wrong")
        return simulator.cashier.show(reference)

    async def close() -> None:
        await simulator.aclose()

    router = Router(PREFIX, route_handlers=[api, *cashier_routes(simulator.cashier)])
    router.opt["aclose"] = close
    return router


def _authority(folder: Path) -> Authority:
    """The keys stay; certificates for them can be written anew at each start."""
    return authority_of(
        kept_key(folder / "root.pem"),
        kept_key(folder / "middle.pem"),
        kept_key(folder / "unionpay.pem").public_key(),
        kept_key(folder / "merchant.pem").public_key(),
    )


def _name(common: str) -> Name:
    return Name(
        [
            NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            NameAttribute(NameOID.ORGANIZATION_NAME, "Simulated authority"),
            NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )
