"""SQL of the context returns."""
