"""SQL of the context recommendation."""
