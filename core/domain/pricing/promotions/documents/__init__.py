"""Promotions as documents and as forms: the names and types of all arguments."""
