"""The table of jobs: one row each, with its lease."""

from sqlalchemy import Column, Integer, Table, Text

from adapters.database.columns import Utc, describes, not_personal
from adapters.database.metadata import metadata

jobs = Table(
    "jobs",
    metadata,
    Column("name", Text, primary_key=True, info=not_personal("the name of a job")),
    Column("schedule", Text, nullable=False, info=describes("a job")),
    Column("next_run_at", Utc, nullable=False, info=describes("a job")),
    Column("lease_owner", Text, nullable=False, info=not_personal("random; empty without a run")),
    Column("leased_until", Utc, info=not_personal("when the lease of the run ends")),
    Column("last_start_at", Utc, info=describes("a run")),
    Column("last_end_at", Utc, info=describes("a run")),
    Column("last_result", Text, nullable=False, info=describes("a run")),
    Column("last_error", Text, nullable=False, info=not_personal("the types of errors")),
    Column("failures", Integer, nullable=False, info=not_personal("failures in a row")),
    Column("runs", Integer, nullable=False, info=not_personal("counts the runs of a job")),
)
