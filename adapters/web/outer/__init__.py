"""The outer ASGI app: page cache, security headers and request metrics, before the framework."""
