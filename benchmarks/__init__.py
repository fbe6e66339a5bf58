"""Benchmarks: the cost of a request as a multiple of the plaintext response."""
