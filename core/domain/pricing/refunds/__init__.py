"""What comes back of an order, and to which of its tenders."""
