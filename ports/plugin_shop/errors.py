"""Errors of a plugin that uses the shop in a way that its author must correct."""


class CapabilityMissing(Exception):
    """The manifest of the plugin does not declare the capability. The message names it."""

    def __init__(self, name: str, capability: str) -> None:
        self.capability = capability
        constant = capability.replace(".", "_").upper()
        super().__init__(
            f"context.shop.{name} needs the capability “{capability}”: "
            f"add Capability.{constant} to the capabilities of the manifest"
        )


class ShopNotReady(Exception):
    """The plugin called the shop outside of a call of the shop, such as in a hook."""

    def __init__(self) -> None:
        super().__init__(
            "context.shop does not answer in a hook: keep it, "
            "and call it from the objects that the hook registers"
        )
