"""SQL of the context payments."""
