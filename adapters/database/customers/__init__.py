"""SQL of the context customers."""
