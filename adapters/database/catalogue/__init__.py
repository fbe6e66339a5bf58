"""SQL of the context catalogue."""
