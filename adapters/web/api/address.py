"""The body of a postal address, for carts and for the address book."""

from typing import Annotated

import msgspec

from adapters.contacts.normalisation import phone_or_text
from adapters.regions import placed
from adapters.web.api.body import Body
from core.domain.address import Address

Line = Annotated[str, msgspec.Meta(max_length=200)]


class AddressBody(Body, frozen=True, kw_only=True):
    """``phone`` in any usual notation; in China region, city and district are required."""

    name: Line
    phone: Line
    country: Annotated[str, msgspec.Meta(min_length=2, max_length=2)] = "CN"
    region: Line = ""
    city: Line
    district: Line = ""
    street: Line
    postcode: Line = ""

    def address(self) -> Address:
        """Raises `Invalid`."""
        return placed(
            Address(
                name=self.name,
                phone=phone_or_text(self.phone, self.country, self.region.strip()),
                country=self.country,
                region=self.region,
                city=self.city,
                district=self.district,
                street=self.street,
                postcode=self.postcode,
            )
        )
