"""Taxes: rates by class, place and time, and how a shop calculates and rounds them."""
