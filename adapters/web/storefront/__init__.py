"""The shop for people: pages that work with and without JavaScript."""
