"""The shop on the web: pages for people, JSON for programs, a back office."""
