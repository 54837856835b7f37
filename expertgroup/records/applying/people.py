"""Members, their periods, and leaders' terms."""

from collections.abc import Iterable
from datetime import datetime

from accounts.services.people import user_for_email
from expertgroup.records.checking.plan import FilePlan
from expertgroup.records.reading import Row
from members.models import Member, Membership, Term

DECIDED_BY = "import"


def apply_members(plan: FilePlan, at: datetime) -> None:
    """Exits first, so that somebody who comes back may join again; then new persons, then new periods."""
    _fill_exits(plan.changed)
    known = _members(row.text("handle") for row in (*plan.new, *plan.changed))
    fresh = {row.text("handle"): row for row in plan.new if row.text("handle") not in known}
    made = Member.objects.bulk_create(_member(row, at) for row in fresh.values())
    _update_persons(known, [row for row in (*plan.changed, *plan.new) if row.text("handle") not in fresh])
    known |= {member.handle: member for member in made}
    Membership.objects.bulk_create(
        Membership(
            member=known[row.text("handle")],
            joined_on=row.day("joined_on"),
            exited_on=row.day_or_none("exited_on"),
            decided_by=DECIDED_BY,
        )
        for row in plan.new
    )


def apply_leaders(plan: FilePlan) -> None:
    """Ends first, then new terms."""
    by_start = {row.day("starts_on"): row for row in plan.changed}
    terms = list(Term.objects.filter(role="leader", starts_on__in=by_start))
    for term in terms:
        term.ends_on = by_start[term.starts_on].day("ends_on")
    Term.objects.bulk_update(terms, ["ends_on"])
    known = _members(row.text("handle") for row in plan.new)
    Term.objects.bulk_create(
        Term(
            role="leader",
            member=known[row.text("handle")],
            starts_on=row.day("starts_on"),
            ends_on=row.day_or_none("ends_on"),
            decided_by=DECIDED_BY,
        )
        for row in plan.new
    )


def _members(handles: Iterable[str]) -> dict[str, Member]:
    return {member.handle: member for member in Member.objects.filter(handle__in=set(handles))}


def _member(row: Row, at: datetime) -> Member:
    """The person of a first row. An address attaches whoever proved it; nobody signs in with what a file says."""
    email = row.text("email")
    return Member(
        handle=row.text("handle"),
        name=row.text("name"),
        email=email,
        user=user_for_email(email, name=row.text("name"), at=at) if email else None,
        builder_since=row.day_or_none("builder_since"),
        wallet=row.text("wallet"),
    )


def _fill_exits(rows: list[Row]) -> None:
    by_key = {(row.text("handle"), row.day("joined_on")): row for row in rows}
    periods = Membership.objects.filter(member__handle__in={handle for handle, _joined in by_key})
    changed = []
    for period in periods.select_related("member"):
        row = by_key.get((period.member.handle, period.joined_on))
        if row is not None and period.exited_on != row.cells["exited_on"]:
            period.exited_on = row.day("exited_on")
            changed.append(period)
    Membership.objects.bulk_update(changed, ["exited_on"])


def _update_persons(known: dict[str, Member], rows: list[Row]) -> None:
    """A day since which somebody builds, a new wallet: the rows of one person say the same."""
    for row in rows:
        member = known[row.text("handle")]
        member.builder_since, member.wallet = row.day_or_none("builder_since"), row.text("wallet")
    Member.objects.bulk_update({known[row.text("handle")] for row in rows}, ["builder_since", "wallet"])
