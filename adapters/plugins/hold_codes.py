"""The codes of holds of plugins, whichever way a plugin places them."""


def hold_code(plugin: str, code: str) -> str:
    """The code of a plugin's hold in the shop: no plugin can name the hold of another.

    >>> hold_code("group_buy", "waiting"), hold_code("group_buy", "group_buy.waiting")
    ('group_buy.waiting', 'group_buy.waiting')
    """
    return code if code.startswith(f"{plugin}.") else f"{plugin}.{code}"
