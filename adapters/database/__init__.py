"""The shop in a database: one schema on SQLite (embedded) and PostgreSQL (production)."""
