"""The kit for a payment gateway, its cases by ability."""
