"""Stablecoins: what the chain says (node, looking), and what becomes of it here (watching)."""
