"""SQL of the context sessions."""
