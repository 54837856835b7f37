"""Writes what was checked: in bulk, through services where they decide; the caller holds transaction and locks."""
