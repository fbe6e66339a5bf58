"""Keeping the shop: repositories within a unit of work, and read queries beside them."""
