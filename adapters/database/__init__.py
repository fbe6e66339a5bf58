"""SQL adapters: one schema for SQLite (embedded) and PostgreSQL (production)."""
