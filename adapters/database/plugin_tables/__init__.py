"""Tables of plugins: declaration, rules, migrations, access and personal data."""
