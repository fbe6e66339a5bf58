"""Full-text search in the database of the shop."""
