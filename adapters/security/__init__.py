"""Keeping secrets, and keeping scripts out."""
