"""The addresses of claims and of the treasury."""
