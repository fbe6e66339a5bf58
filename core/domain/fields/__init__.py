"""Fields that plugins add to products, customers and orders."""
