"""Wrapped data keys, in a database of their own."""
