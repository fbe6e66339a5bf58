"""In-memory caches of data that all pages read and that rarely changes."""
