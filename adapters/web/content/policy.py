"""The Content-Security-Policy of a page with content of plugins."""

from collections.abc import Iterable, Mapping

from adapters.web.outer.security_headers import CONTENT_SECURITY_POLICY

Sources = Mapping[str, tuple[str, ...]]
"""Origins by directive, such as ``{"frame-src": ("https://player.example",)}``."""


def policy_with(additions: Iterable[Sources]) -> str:
    """The policy of the shop with the origins that the plugins of a page declare.

    >>> "frame-src https://a.example" in policy_with([{"frame-src": ("https://a.example",)}])
    True
    """
    parts = (part.split() for part in CONTENT_SECURITY_POLICY.split("; "))
    directives = {name: sources for name, *sources in parts}
    for each in additions:
        for name, sources in each.items():
            known = directives.setdefault(name, [])
            known += [source for source in sources if source not in known]
    return "; ".join(" ".join([name, *sources]) for name, sources in directives.items())
