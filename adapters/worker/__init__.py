"""The worker: the event relay, and jobs at intervals."""
