"""The inside of the hexagon: what the shop is and what it does, on the standard library alone."""
