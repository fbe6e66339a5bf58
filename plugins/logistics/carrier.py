"""Shipping rates from freight templates, and links to the carriers' tracking pages."""

from urllib.parse import quote

from entrepot import (
    CarrierService,
    ShippingRate,
    ShippingRequest,
    Text,
    Tracking,
)
from plugins.logistics.freight import FreightTemplate

# By code: the Chinese name, the English name, and the address of the tracking page.
SERVICES: dict[str, tuple[str, str, str]] = {
    "sf": ("顺丰速运", "SF Express", "https://www.sf-express.com/chn/sc/waybill/list?nos={}"),
    "zto": ("中通快递", "ZTO Express", "https://www.zto.com/express/expressCheck.html?txtBill={}"),
    "yto": ("圆通速递", "YTO Express", "https://www.yto.net.cn/query/package.html?num={}"),
    "sto": ("申通快递", "STO Express", "https://www.sto.cn/pc/service-page/waybill?num={}"),
    "yunda": ("韵达快递", "Yunda Express", "https://www.yundaex.com/cn/track.php?num={}"),
    "jd": ("京东物流", "JD Logistics", "https://www.jdl.com/#/trace?waybillCode={}"),
    "ems": ("中国邮政 EMS", "China Post EMS", "https://www.ems.com.cn/queryList?mailNum={}"),
}


class FreightCarrier:
    """The shop stores the tracking number; the carrier's page shows where the parcel is."""

    code = "freight"

    def __init__(self, templates: tuple[FreightTemplate, ...]) -> None:
        self._templates = templates

    async def rates(self, request: ShippingRequest) -> tuple[ShippingRate, ...]:
        priced = [(template, template.price(request)) for template in self._templates]
        found = [
            ShippingRate(code=template.code, name=template.name, price=price)
            for template, price in priced
            if price is not None
        ]
        return tuple(sorted(found, key=lambda rate: rate.price.minor))

    def services(self) -> tuple[CarrierService, ...]:
        return tuple(
            CarrierService(code=code, name=Text({"zh": zh, "en": en}))
            for code, (zh, en, _) in SERVICES.items()
        )

    async def track(self, service: str, tracking_number: str) -> Tracking:
        if service not in SERVICES:
            return Tracking()
        return Tracking(url=SERVICES[service][2].format(quote(tracking_number, safe="")))
