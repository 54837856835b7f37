"""What waits around money: for the expert a request to answer, for the client an offer and what is open."""

from datetime import timedelta

from consulting.services import holds, invoices, quotes
from expertgroup.selectors.agenda import agenda
from tests.cast import AT, Cast
from tests.consulting.agenda import clock_at, held
from tests.consulting.bills import bill, pay
from tests.consulting.desk import MICRO, hourly
from tests.consulting.offers import offered
from tests.consulting.test_quotes import offer
from treasury.services.clients import client_named


def test_an_invoice_waits_until_all_of_it_is_paid_or_void(cast: Cast) -> None:
    client_named(name="Harbor Labs", email="otto@cast.example", at=AT)
    invoice, wrong = bill(cast, hourly(cast)), bill(cast, hourly(cast, "E-2"))
    invoices.void(invoice=wrong, reason="Wrong", by=cast.mira, at=AT)
    pay(cast, invoice, 40 * MICRO)
    todo = next(todo for day in agenda(cast.otto, AT).days for todo in day.todos if todo.kind == "Invoice")
    assert (todo.title, todo.url) == (f"Invoice {invoice.number}: 200.00 U", f"/invoices/{invoice.token}/")
    assert todo.closes_at == invoice.due_at
    (late,) = [
        todo for day in agenda(cast.otto, AT + timedelta(days=20)).days for todo in day.todos if todo.kind == "Invoice"
    ]
    assert late.closes_at is None
    pay(cast, invoice, 200 * MICRO, "BANK-2")
    assert "Invoice" not in [todo.kind for day in agenda(cast.otto, AT).days for todo in day.todos]
    assert "Invoice" not in [todo.kind for day in agenda(cast.noor, AT).days for todo in day.todos]


def test_a_booked_time_is_paid_for_until_it_is_given_up(cast: Cast) -> None:
    offered(cast.chen)
    booking = held(cast.chen, email="otto@cast.example", by=cast.otto)
    assert booking.invoice is not None

    def kinds() -> list[str]:
        return [todo.kind for day in agenda(cast.otto, AT).days for todo in day.todos]

    assert "Invoice" in kinds()
    assert holds.release_due(clock=clock_at(booking.hold_until)) == 1
    assert "Invoice" not in kinds()


def test_a_request_waits_for_its_expert_and_an_offer_for_its_client(cast: Cast) -> None:
    offered(cast.chen, forms=("quote",))
    quote = quotes.ask(
        member=cast.chen, name="Otto", email="otto@cast.example", need="x", language="en", by=cast.otto, at=AT
    )

    def waiting(name: str) -> list[str]:
        found = agenda(cast.user(name), AT)
        return [todo.url for day in found.days for todo in day.todos if todo.kind == "Quote"]

    assert waiting("chen") == [f"/quotes/{quote.number}/write/"]
    assert waiting("otto") == waiting("bo") == []
    quotes.send(quote=quote, offer=offer(), by=cast.chen, at=AT)
    assert waiting("chen") == []
    assert waiting("otto") == [f"/quotes/{quote.token}/"]
    quotes.decline(quote=quote, by=None, at=AT)
    assert waiting("otto") == []
