"""How much work a request is, as a multiple of the simplest answer of the same server."""
