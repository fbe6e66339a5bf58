"""SQL of claims: quotas, their use by persons, and the claims of orders."""
