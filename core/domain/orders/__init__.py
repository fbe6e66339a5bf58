"""Orders: the aggregate and its states."""
