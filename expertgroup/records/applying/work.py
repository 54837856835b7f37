"""Engagements, their sessions, and the acceptances that split the money."""

from collections.abc import Iterable
from datetime import datetime

from charter.rules.terms import Timeline
from consulting.models import Engagement, Session
from consulting.selectors.engagements import WORK, work_out
from consulting.selectors.escrow import EMPTY, moneys
from consulting.services import acceptances
from expertgroup.records.checking.plan import FilePlan
from members.models import Member
from treasury.models import Client
from treasury.services.clients import client_named

BATCH = 2000


def apply_engagements(plan: FilePlan, at: datetime) -> None:
    """New engagements, not accepted yet: their sessions come first."""
    clients = _clients((row.text("client") for row in plan.new), at)
    Engagement.objects.bulk_create(
        (
            Engagement(
                reference=row.text("reference"),
                client=clients[row.text("client")],
                title=row.text("title"),
                pricing=row.text("pricing"),
                price_micro=row.number_or_none("price_u"),
                opened_on=row.day("opened_on"),
            )
            for row in plan.new
        ),
        batch_size=BATCH,
    )


def apply_sessions(plan: FilePlan) -> None:
    """New sessions."""
    engagements = dict(Engagement.objects.values_list("reference", "pk"))
    members = dict(Member.objects.values_list("handle", "pk"))
    Session.objects.bulk_create(
        (
            Session(
                reference=row.text("reference"),
                engagement_id=engagements[row.text("engagement")],
                member_id=members[row.text("handle")],
                held_on=row.day("held_on"),
                hours_centi=row.number("hours"),
                rate_micro=row.number_or_none("rate_u"),
            )
            for row in plan.new
        ),
        batch_size=BATCH,
    )


def accept(plan: FilePlan, timeline: Timeline, by: str, at: datetime) -> None:
    """Accepts what the rows accept: shares fixed, the client's debt moved into escrow."""
    days = {
        row.text("reference"): row.day("accepted_on")
        for row in (*plan.new, *plan.changed)
        if row.cells["accepted_on"] is not None
    }
    rows = (
        Engagement.objects.filter(reference__in=days, accepted_on=None).select_related("client").order_by("reference")
    )
    accepted = []
    for engagement in rows.prefetch_related(*WORK):
        engagement.accepted_on = days[engagement.reference]
        accepted.append((engagement, work_out(engagement, engagement.accepted_on, timeline)))
    Engagement.objects.bulk_update([engagement for engagement, _splits in accepted], ["accepted_on"], batch_size=BATCH)
    held = moneys(days)
    acceptances.store(accepted)
    for engagement, splits in accepted:
        acceptances.post(engagement, splits, money=held.get(engagement.reference, EMPTY), by=by, at=at)


def _clients(names: Iterable[str], at: datetime) -> dict[str, Client]:
    wanted = dict.fromkeys(names)
    found = {client.name: client for client in Client.objects.filter(name__in=wanted)}
    return found | {name: client_named(name=name, at=at) for name in wanted if name not in found}
