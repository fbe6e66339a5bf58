"""Use cases of the shop: one class per user intention."""
