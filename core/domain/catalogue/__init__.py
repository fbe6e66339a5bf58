"""What the shop offers: categories, brands, products and their variants."""
