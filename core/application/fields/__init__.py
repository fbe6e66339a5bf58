"""Use cases and read models of the fields of plugins."""
