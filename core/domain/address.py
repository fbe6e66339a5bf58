"""Postal addresses: Chinese ones by province, city and district, and foreign ones."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.domain.errors import Invalid, raise_if_invalid
from core.domain.identifiers import COUNTRY
from core.domain.text import composed, is_one_line

CHINA = "CN"
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
CHINESE_POSTCODE = re.compile(r"[0-9]{6}")
MAX_LENGTHS = {
    "name": 60,
    "region": 60,
    "city": 60,
    "district": 60,
    "street": 200,
    "postcode": 16,
}

REQUIRED = {"name", "city", "street"}
REQUIRED_IN_CHINA = REQUIRED | {"region"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address. ``country`` is ISO 3166 alpha-2, ``phone`` is E.164.

    In China ``region``, ``city`` and ``district`` are the names of the divisions
    (广东省, 深圳市, 南山区), with an empty ``district`` where a city has none; elsewhere
    ``region`` and ``district`` may be empty. Texts are trimmed and composed (NFC).
    """

    name: str
    phone: str
    country: str
    city: str
    street: str
    region: str = ""
    district: str = ""
    postcode: str = ""

    def __post_init__(self) -> None:
        for field in MAX_LENGTHS:
            object.__setattr__(self, field, composed(getattr(self, field)))
        raise_if_invalid([*self._codes(), *self._lengths()])

    def _codes(self) -> Iterator[Invalid]:
        if not COUNTRY.fullmatch(self.country):
            yield Invalid("country", "Choose a country or region.")
        if not E164.fullmatch(self.phone):
            yield Invalid("phone", "Enter a valid phone number, such as 13800138000.")
        in_china = self.country == CHINA
        if in_china and self.postcode and not CHINESE_POSTCODE.fullmatch(self.postcode):
            yield Invalid("postcode", "A Chinese postcode has six digits.")

    def _lengths(self) -> Iterator[Invalid]:
        required = REQUIRED_IN_CHINA if self.country == CHINA else REQUIRED
        for field, most in MAX_LENGTHS.items():
            value = getattr(self, field)
            if field in required and not value:
                yield Invalid(field, "This field is required.")
            elif len(value) > most:
                yield Invalid(field, "Use at most {most} characters.", most=most)
            elif not is_one_line(value):
                yield Invalid(field, "Remove the characters that cannot be printed.")

    @property
    def destination(self) -> str:
        """The country with the places in it, for prices and taxes: ``CN/浙江省/杭州市``."""
        parts = (self.country, self.region, self.city, self.district)
        return "/".join(part for part in parts if part)

    @property
    def one_line(self) -> str:
        """The address for a parcel: largest part first in China, smallest part first elsewhere."""
        if self.country == CHINA:
            city = "" if self.city == self.region else self.city
            return f"{self.region}{city}{self.district}{self.street}"
        parts = (self.street, self.district, self.city, self.region, self.postcode, self.country)
        return ", ".join(part for part in parts if part)
