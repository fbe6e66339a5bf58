"""The storefront: pages that work with and without JavaScript."""
