"""The catalogue: categories, brands, products and their variants."""
