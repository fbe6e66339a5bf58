"""The worksheet of a price, and what its rows begin with."""
