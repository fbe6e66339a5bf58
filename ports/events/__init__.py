"""Ports of events."""
