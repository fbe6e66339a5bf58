"""Storefront content of plugins: slots, pages and what they show."""
