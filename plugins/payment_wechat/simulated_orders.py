"""The rules that WeChat Pay has for a new order."""

import re
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

from entrepot.simulation import Refused

PRODUCTS = {"native", "jsapi", "h5", "app"}
REFERENCE = re.compile(r"[0-9A-Za-z_\-|*]{6,32}")
LONGEST_DESCRIPTION = 127


class Merchant(Protocol):
    @property
    def merchant_id(self) -> str: ...

    @property
    def app_id(self) -> str: ...

    @property
    def https_only(self) -> bool: ...


def check_order(product: str, order: Mapping[str, Any], merchant: Merchant) -> None:
    """Raises `Refused`; `KeyError` or `TypeError` where a field is missing or of another type."""
    total, notify = order["amount"]["total"], urlsplit(order["notify_url"])
    wrong = (
        not REFERENCE.fullmatch(order["out_trade_no"])
        or not isinstance(total, int)
        or total < 1
        or order["amount"].get("currency", "CNY") != "CNY"
        or not 1 <= len(order["description"]) <= LONGEST_DESCRIPTION
        or bool(notify.query)
        or (merchant.https_only and notify.scheme != "https")
        or (product == "jsapi" and not order["payer"]["openid"])
        or (product == "h5" and not order["scene_info"]["payer_client_ip"])
    )
    if wrong:
        raise Refused("PARAM_ERROR", "参数错误")
    if (order["appid"], order["mchid"]) != (merchant.app_id, merchant.merchant_id):
        raise Refused("APPID_MCHID_NOT_MATCH")
