"""The arithmetic of votes and who may do what now: pure functions."""
