"""SQL of the context staff."""
