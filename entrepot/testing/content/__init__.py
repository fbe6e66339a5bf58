"""The conformance kits for slots and storefront pages."""
