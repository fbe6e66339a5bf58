"""Customers: registration, sessions, account and addresses."""
