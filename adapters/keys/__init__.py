"""The keyring, and encryption with a data key per person."""
