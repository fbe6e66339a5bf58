"""Use cases of personal data: consents, privacy requests, erasure and retention.

A request needs every personal-data provider. One that fails makes the request incomplete, and
is named in its failures.
"""
