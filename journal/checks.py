"""The journal's own invariants for `manage.py verify`."""

from collections.abc import Iterable

from journal.clock import database_clock
from journal.registry import invariant
from journal.selectors import broken_links, missing_triggers, unsealed_too_long


@invariant("journal chain")
def chain() -> Iterable[str]:
    """Every seal binds its entry and the link before it."""
    return broken_links()


@invariant("journal sealed within a minute")
def sealed() -> Iterable[str]:
    """No entry waits longer than a minute, none is lost."""
    return unsealed_too_long(database_clock())


@invariant("append-only guards in place")
def guards() -> Iterable[str]:
    """The live database has every trigger that refuses change."""
    return missing_triggers()
