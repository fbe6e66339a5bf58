"""The worker: the outbox relay, and jobs at intervals."""
