"""A simulated UnionPay inside the shop, with a generated authority, to try the gateway."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from litestar import Request, Response, Router, post
from litestar.params import FromPath
from pydantic import SecretStr

from entrepot import PluginContext
from entrepot.simulation import page_for, simulator_router
from entrepot.simulation.certificates import certificate
from entrepot.simulation.keys import private_pem, stored_key
from entrepot.wire import read_form
from plugins.payment_unionpay.settings import UnionpayAccount
from plugins.payment_unionpay.simulator import MerchantAccount, UnionpaySimulator

MERCHANT_ID = "777290058110048"
UNIONPAY = "041@8310000000083040@中国银联股份有限公司@00016495"
MERCHANT = f"041@8310000000083040@{MERCHANT_ID}:SIGN@00000001"
ROOT, MIDDLE = "Simulated root", "Simulated middle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A chain of three certificates as PEM, and the merchant's from the same authority."""

    root: str
    middle: str
    leaf: str
    merchant: str


def authority_of(
    root: RSAPrivateKey, middle: RSAPrivateKey, leaf: RSAPublicKey, merchant: RSAPublicKey
) -> Authority:
    return Authority(
        root=certificate(root.public_key(), ROOT, root, ROOT, ca=True),
        middle=certificate(middle.public_key(), MIDDLE, root, ROOT, ca=True),
        leaf=certificate(leaf, UNIONPAY, middle, MIDDLE),
        merchant=certificate(merchant, MERCHANT, middle, MIDDLE),
    )


def simulated_account(context: PluginContext) -> UnionpayAccount:
    authority = _authority(context.data)
    return UnionpayAccount(
        code="unionpay-simulator",
        merchant_id=MERCHANT_ID,
        private_key=SecretStr(private_pem(stored_key(context.data / "merchant.pem"))),
        certificate=authority.merchant,
        root_certificate=authority.root,
        middle_certificates=(authority.middle,),
        url=f"{context.base_url}{UnionpaySimulator.prefix}",
    )


def simulator_routes(context: PluginContext) -> Router:
    merchant = MerchantAccount(
        merchant_id=MERCHANT_ID,
        merchant_key=stored_key(context.data / "merchant.pem").public_key(),
        certificate=_authority(context.data).leaf,
        own_key=stored_key(context.data / "unionpay.pem"),
    )
    return routes_of(UnionpaySimulator.in_shop(context, merchant))


def routes_of(simulator: UnionpaySimulator) -> Router:
    @post("/gateway/api/{name:str}", include_in_schema=False, status_code=200)
    async def api(name: FromPath[str], request: Request[Any, Any, Any]) -> Response[bytes]:
        fields, endpoint = read_form(await request.body()), name.removesuffix(".do")
        if endpoint == "frontTransReq":
            return page_for(simulator, lambda: simulator.create_trade(fields))
        return Response(await simulator.answer(endpoint, fields), media_type="text/html")

    return simulator_router(simulator, [api])


def _authority(folder: Path) -> Authority:
    """The keys are stored; the certificates are made at each start."""
    return authority_of(
        stored_key(folder / "root.pem"),
        stored_key(folder / "middle.pem"),
        stored_key(folder / "unionpay.pem").public_key(),
        stored_key(folder / "merchant.pem").public_key(),
    )
