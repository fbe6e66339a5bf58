"""Normal forms of email addresses and phone numbers. Imports no other adapter."""
