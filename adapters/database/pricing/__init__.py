"""SQL of promotions, price lists and tax rates."""
