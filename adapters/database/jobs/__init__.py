"""SQL of jobs."""
