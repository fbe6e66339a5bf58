"""SQL of the settings of plugins."""
