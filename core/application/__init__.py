"""What the shop does: one class per intention of a person."""
