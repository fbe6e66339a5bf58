"""Letters to people, by SMTP or into a folder."""
