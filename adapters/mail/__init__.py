"""Sends emails by SMTP, or writes them to a folder."""
