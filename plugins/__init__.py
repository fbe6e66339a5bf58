"""Gateways, carriers and recommenders: each a package that knows `entrepot` alone."""
