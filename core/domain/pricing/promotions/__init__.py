"""Promotions: conditions on a cart, and benefits for goods, shipping or later orders."""
