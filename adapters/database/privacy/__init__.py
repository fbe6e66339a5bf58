"""SQL of the context privacy."""
