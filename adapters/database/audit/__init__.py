"""SQL of the context audit."""
