"""The back office: for who runs the shop."""
