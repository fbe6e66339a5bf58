"""Ports of the catalogue."""
