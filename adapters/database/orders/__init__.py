"""SQL of the context orders."""
