"""What may be believed: links that this shop gave out, and text that others wrote."""

from collections.abc import Callable

Seal = Callable[[str], str]
"""A token of 128 bits for a text, which only this shop can make: it opens a guest's order."""

Sanitise = Callable[[str], str]
"""Rich text with everything taken out that a shop's page must not carry, such as scripts."""
