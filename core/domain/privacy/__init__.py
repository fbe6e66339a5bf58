"""Privacy: personal data, consent, privacy requests and policies."""
