"""Logs that prove themselves, and the evidence pack for auditors."""
