"""The conformance kit for a payment gateway, by ability."""
