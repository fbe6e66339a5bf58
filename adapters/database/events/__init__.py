"""SQL of the context events."""
