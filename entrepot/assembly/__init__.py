"""A container for each context, wired by type: the only place where ports meet adapters."""
