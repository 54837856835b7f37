"""What is typed about claims, budgets and the ledger; the rules judge it, in one place."""
