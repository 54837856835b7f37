"""The arithmetic of votes and who may do what now: pure functions."""

from proposals.rules.tallies import Cast, Tally, tally

__all__ = ["Cast", "Tally", "tally"]
