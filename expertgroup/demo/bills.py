"""What the treasurer bills for work that was accepted, and what came in for it."""

from datetime import datetime, timedelta

from consulting.models import Engagement, Invoice
from consulting.rules.billing import Line, hourly_line
from consulting.services import invoices
from expertgroup.demo.cast import JOBS
from expertgroup.demo.orders import pay, treasurer
from expertgroup.demo.script import Script

# Nobody paid this one yet.
UNPAID = "E-12"


def write(script: Script) -> None:
    """An invoice the day after each acceptance, paid nine days later."""
    for place, job in enumerate(JOBS):
        if job.accepted_after is None:
            continue
        reference, accepted = f"E-{place + 1:02d}", script.day(job.opened_day + job.accepted_after)
        script.add(script.at(accepted + timedelta(days=1), "11:30"), _bill, reference=reference)
        if reference != UNPAID:
            script.add(script.at(accepted + timedelta(days=10), "11:05"), _pay, reference=reference)


def _bill(at: datetime, reference: str) -> None:
    engagement = Engagement.objects.get(reference=reference)
    invoices.issue(
        engagement=engagement,
        lines=_lines(engagement),
        due_at=at + timedelta(days=14),
        language="en",
        by=treasurer(),
        at=at,
    )


def _lines(engagement: Engagement) -> list[Line]:
    if engagement.price_micro is not None:
        return [Line(engagement.title, engagement.price_micro)]
    return [
        hourly_line(f"{row.member.name}, {row.held_on.isoformat()}", row.hours_centi, row.rate_micro or 0)
        for row in engagement.sessions.select_related("member")
    ]


def _pay(at: datetime, reference: str) -> None:
    invoice = Invoice.objects.select_related("engagement", "client").get(engagement__reference=reference)
    pay(at, invoice, invoice.total_micro)
