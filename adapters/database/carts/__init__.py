"""SQL of the context carts."""
