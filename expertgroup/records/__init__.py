"""The group's records as seven CSV files: a whole history in, everything out again (docs/records.md)."""
