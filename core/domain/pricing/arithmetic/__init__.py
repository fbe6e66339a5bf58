"""Rounding and splitting of amounts: integers and fractions, never floats."""
