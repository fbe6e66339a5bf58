"""What the inside of the shop needs from outside: protocols, their values and their errors."""
