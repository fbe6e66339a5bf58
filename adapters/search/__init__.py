"""Finding products: in the shop's own database, or in memory."""
