"""Content of plugins on storefront pages: templates, static files and the security policy."""
