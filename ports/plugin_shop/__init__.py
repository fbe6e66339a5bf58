"""What a plugin reads and does in the shop, by `PluginContext.shop`: one protocol a file."""
