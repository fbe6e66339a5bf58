"""The shop for programs: JSON under ``/api/v1``, described at ``/schema``."""
