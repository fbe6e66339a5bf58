"""Tax classes: goods of one class have the same tax rates."""

from core.domain.errors import Invalid

STANDARD = "standard"
SHIPPING_CLASS = "shipping"
EXEMPT = "exempt"
"""The class of goods without taxes: no rate can have it."""

MAX_CLASS_LENGTH = 60


def check_tax_class(tax_class: str) -> None:
    """Raises `Invalid` unless the class can be the one of a product."""
    is_clean = tax_class.isprintable() and tax_class == tax_class.strip()
    if not is_clean or not 1 <= len(tax_class) <= MAX_CLASS_LENGTH or tax_class == SHIPPING_CLASS:
        raise Invalid("tax_class", "“{value}” is no tax class of goods.", value=tax_class[:60])
