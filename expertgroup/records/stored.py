"""What the database has, as records of the seven files: one query a file."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db.models import Model, QuerySet

from charter import selectors as charter
from consulting.models import Engagement, Session
from expertgroup.records.tables import (
    BUDGETS,
    CHARTER,
    CLAIMS,
    ENGAGEMENTS,
    LEADERS,
    MEMBERS,
    SESSIONS,
    Record,
    Table,
)
from members.models import Membership, Term
from treasury.models import Budget, Claim

# Where each column comes from, in the order of the table's columns.
SOURCES: dict[str, tuple[type[Model], tuple[str, ...]]] = {
    MEMBERS.file: (
        Membership,
        (
            "member__handle",
            "member__name",
            "member__email",
            "member__builder_since",
            "joined_on",
            "exited_on",
            "member__wallet",
        ),
    ),
    LEADERS.file: (Term, ("member__handle", "starts_on", "ends_on")),
    BUDGETS.file: (Budget, ("quarter", "headcount", "hours_per_head_centi", "pow_micro")),
    CLAIMS.file: (
        Claim,
        (
            "reference",
            "member__handle",
            "worked_on",
            "hours_centi",
            "project",
            "description",
            "evidence_url",
            "status",
            "decided_by__handle",
            "decided_on",
        ),
    ),
    ENGAGEMENTS.file: (
        Engagement,
        ("reference", "client__name", "title", "pricing", "price_micro", "opened_on", "accepted_on"),
    ),
    SESSIONS.file: (
        Session,
        ("reference", "engagement__reference", "member__handle", "held_on", "hours_centi", "rate_micro"),
    ),
}


def records(table: Table, references: Collection[str] | None = None) -> Iterator[Record]:
    """Every record of a table, or those with these references; drafts of claims are among them."""
    if table is CHARTER:
        rows: Iterable[tuple[Any, ...]] = charter.amendment_rows() if charter.founded() else []
    else:
        model, fields = SOURCES[table.file]
        found: QuerySet[Any] = model._default_manager.all()
        if table is LEADERS:
            found = found.filter(role="leader")
        if references is not None:
            found = found.filter(reference__in=references)
        rows = found.values_list(*fields).iterator(chunk_size=5000)
    return (dict(zip(table.names, row, strict=True)) for row in rows)
