"""Use cases of jobs: their leases, runs and states."""
