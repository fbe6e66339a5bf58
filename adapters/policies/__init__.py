"""The rules of each jurisdiction as TOML files, and the calendar of working days."""
