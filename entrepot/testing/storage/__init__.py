"""The kit for a storage, its cases by context."""
