"""The domain: values, aggregates and policies. No I/O, no clock, no randomness."""
