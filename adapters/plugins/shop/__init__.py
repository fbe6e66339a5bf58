"""The shop behind `PluginContext.shop`: calls of plugins, on the loop of the shop."""
