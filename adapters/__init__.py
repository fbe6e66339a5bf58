"""The shop's own outside: everything that does what a port asks for."""
