"""Prices: one pure function prices product pages, carts, orders and refunds."""
