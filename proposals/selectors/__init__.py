"""Reads: how rounds stand, who may see what, what waits, whether the chain holds."""
