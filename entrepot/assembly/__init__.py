"""A container for each context, wired by type: the only place that connects ports to adapters."""
