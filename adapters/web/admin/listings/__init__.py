"""Lists of the back office: how they are rendered, and those of the shop."""
