"""The conformance kit for a stored ledger."""
