"""Payments: what the shop needs from a payment gateway."""
