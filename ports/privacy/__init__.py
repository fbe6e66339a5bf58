"""Ports of privacy."""
