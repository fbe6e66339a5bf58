"""Pages and texts that are not products."""
