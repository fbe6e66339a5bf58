"""The options of a pytest run inside a test.

Each inner run loads the plugins of pytest again, which takes longer than most kits.
"""

PLUGINS = ("cacheprovider", "xdist", "schemathesis", "hypothesispytest")
QUIET = ("-q", *(option for plugin in PLUGINS for option in ("-p", f"no:{plugin}")))
