"""Cells of files that a spreadsheet opens."""

# What a spreadsheet would take for a formula; wide forms too, which some of them read as the plain ones.
GUARDED = ("=", "+", "-", "@", "'", "\t", "\r", "＝", "＋", "－", "＠")


def guarded(text: str) -> str:
    """A text cell, with a leading `'` where a spreadsheet would read a formula."""
    return f"'{text}" if text.startswith(GUARDED) else text
