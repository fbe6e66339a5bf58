"""The ledger: accounts that hold points or money, and transfers between them."""
