"""Password hashes, signatures, signed tokens, and HTML sanitising."""
