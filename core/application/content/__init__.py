"""Content of the home page."""
