"""What is read on every page and changes rarely, kept in memory for a moment."""
