"""The worker: the outbox relay, tasks at intervals, and jobs."""
