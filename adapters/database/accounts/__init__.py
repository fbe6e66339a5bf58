"""SQL of the context accounts."""
