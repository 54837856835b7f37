"""The triggers that hold the rules of voting, as they must stand in the live database."""

from collections.abc import Iterator

from django.db import connection

TABLES = (
    "proposal",
    "round",
    "seat",
    "ballot",
    "outcome",
    "execution",
    "ballotsignature",
    "motion",
    "answer",
    "comment",
    "commentwords",
    "retraction",
    "declaration",
    "publication",
)


def missing_guards() -> Iterator[str]:
    """Tables whose guard is gone or switched off."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'proposals_%%_guard' AND tgenabled IN ('O', 'A')"
        )
        standing = {name for (name,) in cursor.fetchall()}
    for table in TABLES:
        if f"proposals_{table}_guard" not in standing:
            yield f"proposals_{table}: the trigger that holds its rules is missing or switched off"
