"""The storage port in dictionaries: fast tests, and proof that a port is a port."""
