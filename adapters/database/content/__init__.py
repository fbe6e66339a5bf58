"""Content blocks in the database."""
