"""The whole shop under the name that it had before."""

from entrepot.assembly.shop import Shop as Container
from entrepot.assembly.shop import open_shop

__all__ = ["Container", "open_shop"]
