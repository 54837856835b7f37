"""A founded group and its amendments, made through the services."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from charter import selectors
from charter.models import Edition, Group
from charter.rules import rewordings
from charter.rules.rewordings import Rewording
from charter.services import editions

FOUNDED_ON = date(2026, 1, 18)
AT = datetime(2026, 7, 20, 9, 30, tzinfo=UTC)


def found(*, time_zone: str | None = None) -> Group:
    """The group, founded on 18 January 2026."""
    return editions.found(name="Expert group", founded_on=FOUNDED_ON, by="system:test", at=AT, time_zone=time_zone)


def amend(effective_on: date, changes: Mapping[str, str], *, act: str = "proposal/1") -> Edition:
    """One edition more."""
    return editions.amend(changes=changes, effective_on=effective_on, act=act, by="member:lin", at=AT)


def bundle(texts: Mapping[str, str]) -> tuple[Rewording, ...]:
    """New words by key, written against the words that passed last."""
    standing = selectors.texts()
    return rewordings.read(texts, {key: standing.latest(key).digest for key in texts})


def reword(effective_on: date, texts: Mapping[str, str], *, changes: Mapping[str, str] | None = None) -> Edition:
    """One edition more, of texts, with or without settings."""
    return editions.amend(
        changes=changes or {}, texts=bundle(texts), effective_on=effective_on, act="proposal/1", by="member:lin", at=AT
    )


def summer() -> None:
    """The amendments of `tests/data/quarter-2026-3/charter.csv`."""
    for effective_on, key, value in SUMMER:
        amend(effective_on, {key: value}, act="import")


SUMMER = [
    (date(2026, 7, 26), "pow.hourly_rate", "61.37"),
    (date(2026, 7, 31), "consulting.individual_share", "81%"),
    (date(2026, 8, 4), "stipend.lxp_share", "40%"),
    (date(2026, 8, 10), "lxp.per_u", "1.1"),
    (date(2026, 8, 12), "pow.lxp_share", "10%"),
    (date(2026, 8, 14), "stipend.member", "415.5"),
]
