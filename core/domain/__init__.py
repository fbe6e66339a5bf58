"""What the shop is: values, aggregates and policies. No I/O, no clock, no randomness."""
