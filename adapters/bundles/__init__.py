"""Signed zip files of records: exports for customers, evidence for auditors."""
