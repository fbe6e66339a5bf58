"""Benefits: what a promotion takes off, adds or grants."""
