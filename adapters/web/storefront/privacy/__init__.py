"""The privacy notice, and what customers and guests ask about their own data."""
