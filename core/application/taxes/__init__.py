"""Use cases of the tax engine."""
