"""The privacy notice, and privacy requests of customers and guests."""
