"""SQL of coupons and their batches."""
