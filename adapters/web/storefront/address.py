"""The form fields of a postal address."""

from adapters.contacts.normalisation import phone_or_text
from adapters.regions import placed
from adapters.web.forms import SubmittedForm
from core.domain.address import Address

FIELDS = ("name", "phone", "country", "region", "city", "district", "street", "postcode")


def address_of(form: SubmittedForm) -> Address:
    """Raises `Invalid`."""
    values = {name: form.text(name) for name in FIELDS}
    values["country"] = values["country"] or "CN"
    values["phone"] = phone_or_text(values["phone"], values["country"], values["region"])
    return placed(Address(**values))


def values_of(address: Address | None) -> dict[str, str]:
    if address is None:
        return {**dict.fromkeys(FIELDS, ""), "country": "CN"}
    return {name: getattr(address, name) for name in FIELDS}
