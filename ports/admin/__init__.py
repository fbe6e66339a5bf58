"""Pages of the back office as data: listings, forms and details."""
