"""What the treasurer of the cast bills and confirms in these tests."""

from datetime import date, timedelta
from typing import Any

from django.test import Client as Browser
from django.utils import timezone

from consulting.models import Engagement, Invoice, Payment
from consulting.rules.billing import Line, hourly_line
from consulting.selectors.billing import standings
from consulting.selectors.escrow import credit_micro
from consulting.services import invoices, payments
from tests.cast import AT, Cast
from tests.consulting.desk import MICRO, hourly
from treasury.models import Balance

DUE = AT + timedelta(days=14)
ARRIVED = date(2026, 11, 19)


def bill(cast: Cast, engagement: Engagement, micro: int = 240 * MICRO, **changes: Any) -> Invoice:
    """An invoice over one line, due in two weeks."""
    values: dict[str, Any] = {
        "lines": [Line("Audit", micro)],
        "due_at": DUE,
        "language": "en",
        "by": cast.mira,
        "at": AT,
    }
    return invoices.issue(engagement=engagement, **(values | changes))


def advice(cast: Cast, engagement: Engagement) -> Invoice:
    """An hour and a half at 160 U."""
    return bill(cast, engagement, lines=[hourly_line("Consultation", 150, 160 * MICRO)])


def pay(cast: Cast, invoice: Invoice, micro: int, evidence: str = "BANK-1", **changes: Any) -> Payment:
    """Money that the treasurer saw in the bank."""
    values: dict[str, Any] = {"received_on": ARRIVED, "by": cast.mira, "at": AT}
    return payments.confirm(invoice=invoice, amount_micro=micro, evidence=evidence, **(values | changes))


def stands(invoice: Invoice) -> tuple[str, int, int]:
    """(state, paid, over) of an invoice now."""
    (found,) = standings([Invoice.objects.get(pk=invoice.pk)], AT)
    return found.state, found.paid_micro, found.over_micro


def held(engagement: Engagement) -> int:
    """What is in an engagement's escrow."""
    row = Balance.objects.filter(account__kind="escrow", account__owner=engagement.reference).first()
    return row.amount_micro if row else 0


def owed(invoice: Invoice) -> int:
    """The balance of the invoice's client."""
    return credit_micro(invoice.client)


def open_ways(settings: Any) -> None:
    """The group takes two stablecoins and bank transfers."""
    settings.CHAIN_ID, settings.CHAIN_NAME, settings.CHAIN_RECEIVER = 10, "Optimism", "0x7e57a11c" + "0" * 28 + "0048"
    settings.CHAIN_TOKENS = [f"USDC:0x{'ab' * 20}:6", f"USDT:0x{'cd' * 20}:18"]
    settings.BANK_NAME, settings.BANK_IBAN, settings.BANK_BIC = "Tree\nGroup", "DE89 3704 0044 0532 0130 00", "COBADEFF"


def fresh(cast: Cast, micro: int = 240 * MICRO, reference: str = "E-1", **changes: Any) -> Invoice:
    """An invoice of today on an engagement of its own."""
    now = timezone.now()
    return bill(cast, hourly(cast, reference), micro, at=now, due_at=now + timedelta(days=14), **changes)


def text_of(browser: Browser, path: str, status: int = 200) -> str:
    """A page's text, spaces as people type them."""
    answer = browser.get(path)
    assert answer.status_code == status, answer.content.decode()[:400]
    return answer.content.decode().replace("\xa0", " ")


def page_of(invoice: Invoice) -> str:
    """The public address of an invoice."""
    return f"/invoices/{invoice.token}/"
