"""Home page, categories, search and product pages."""
