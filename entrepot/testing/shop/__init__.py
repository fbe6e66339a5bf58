"""A whole shop in the process of a test: its pages, API, events and plugins."""

from entrepot.testing.shop.fixture import ShopFixture, Visitor

__all__ = ["ShopFixture", "Visitor"]
