"""SQL of the context stock."""
