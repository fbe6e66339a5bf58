"""Review of a promotion before it is saved: what can never work, and what may be a mistake."""
