"""Permanent clause ids (`join.2.4`) and the numbers that pages show for them (§ 4.2.4)."""

CHAPTERS = ("why", "duty", "req", "join", "exit", "daily", "income")


def number(clause: str) -> str:
    """The number of a clause by its chapter: `join.2.4` is 4.2.4, `req.1.a` is 3.1.a; ValueError for no chapter."""
    chapter, _, rest = clause.partition(".")
    first = str(CHAPTERS.index(chapter) + 1)
    return f"{first}.{rest}" if rest else first


def anchor(clause: str) -> str:
    """The id of a clause on the charter's page: `c-4.2.4`."""
    return f"c-{number(clause)}"
