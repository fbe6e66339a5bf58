"""Signed zip files of records: bundles for data subjects, evidence packs for auditors."""
