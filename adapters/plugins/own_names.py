"""Names in the shop of what belongs to a plugin: no plugin can name what belongs to another."""

PREFIX = "plugin"


def within_plugin(plugin: str, *codes: str) -> str:
    """The source of a price, the key of a claim and the actor of a change.

    >>> within_plugin("flash", "round.1"), within_plugin("flash")
    ('plugin:flash:round.1', 'plugin:flash')
    """
    return ":".join((PREFIX, plugin, *codes))


def hold_code(plugin: str, code: str) -> str:
    """The code of a hold, of an order guard or of `PluginContext.shop`.

    >>> hold_code("group_buy", "waiting"), hold_code("group_buy", "group_buy.waiting")
    ('group_buy.waiting', 'group_buy.waiting')
    """
    return code if code.startswith(f"{plugin}.") else f"{plugin}.{code}"
