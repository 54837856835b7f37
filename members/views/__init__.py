"""Applying, deciding about applications, members."""
