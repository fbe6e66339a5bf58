"""The back office as JSON. Every path needs a staff session, except the one that starts it."""
