"""Use cases of the audit logs and the evidence pack."""
