"""SQL of the context idempotency."""
