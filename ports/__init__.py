"""Ports: the protocols that adapters implement, with their values and errors."""
