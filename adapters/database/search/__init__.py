"""SQL of the context search."""
