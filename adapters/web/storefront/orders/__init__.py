"""Checkout, and the page of an order."""
