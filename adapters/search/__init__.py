"""Product search in the shop's own database."""
