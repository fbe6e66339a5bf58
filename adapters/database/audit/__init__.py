"""The audit log and the consents as chains of hashes."""
