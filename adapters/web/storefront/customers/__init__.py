"""Registration, sign-in and the customer account."""
