"""Passwords, signatures, and rich text without scripts."""
