"""Coupons: codes that open a promotion."""
