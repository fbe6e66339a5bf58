"""The system's clock and random numbers, for `ports.clock`."""
