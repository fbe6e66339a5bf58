"""Outgoing HTTP calls: every one has a total time, a limit of bytes, and follows no redirect."""
