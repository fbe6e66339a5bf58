"""E-mail addresses and phone numbers in one form; imported by any adapter, importing none."""
