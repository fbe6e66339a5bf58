"""What the shop tells people by email."""
