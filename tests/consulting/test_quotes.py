"""Quotes: asked for by whoever proves an address, frozen when sent, accepted once into work that is billed."""

from datetime import date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from eth_account import Account
from eth_account.messages import encode_defunct

from accounts.models import User
from accounts.refusals import NoAddress, SignatureForeign, SignatureUnreadable
from accounts.selectors import verified_owner
from consulting.models import Engagement, Invoice, Milestone, Quote, Retainer
from consulting.refusals import WeekFull
from consulting.refusals import quotes as no
from consulting.refusals.billing import AmountTooLarge, LanguageNotSpoken
from consulting.rules import quoting
from consulting.rules.quoting import Offer, Part, Signed
from consulting.selectors.quotes import by_token, visible_to, weights_of
from consulting.services import quotes
from journal.models import Entry, Outbox
from journal.refusals import Refusal
from tests.cast import AT, DAY, Cast, assemble
from tests.consulting.desk import MICRO, hourly, session
from tests.consulting.offers import offered
from tests.races import PATIENCE, at_once

MONDAY = date(2026, 12, 7)


def ask(cast: Cast, **changes: Any) -> Quote:
    """A guest asks Chen."""
    values: dict[str, Any] = {
        "name": "Ada Kim", "email": "ada@kite.example", "organisation": "Kite Finance",
        "need": "An audit of our vault.", "language": "en", "by": None, "at": AT,
    }  # fmt: skip
    return quotes.ask(member=cast.chen, **(values | changes))


def offer(**changes: Any) -> Offer:
    """Two milestones of 600 and 400 U, shared two to one."""
    values: dict[str, Any] = {
        "title": "Vault audit",
        "scope": "The vault, not the oracle.",
        "parts": (
            Part("Findings", 600 * MICRO, "All severe ones described", date(2026, 12, 20)),
            Part("Fixes", 400 * MICRO),
        ),
        "weights": {"chen": 2, "bo": 1},
    }
    return Offer(**(values | changes))


def sent(cast: Cast, **changes: Any) -> Quote:
    """An offer that waits for the client's answer."""
    offered(cast.chen, forms=("quote",))
    quote = quotes.prove(quote=ask(cast), at=AT)
    return quotes.send(quote=quote, offer=offer(**changes), by=cast.chen, at=AT)


def accept(quote: Quote, **changes: Any) -> Engagement:
    """The client accepts an hour later."""
    values: dict[str, Any] = {"name": "Ada Kim", "silent": False, "clock": lambda: AT + timedelta(hours=1)}
    return quotes.accept(quote=quote, **(values | changes))


@pytest.mark.django_db
class TestAsking:
    """Requests."""

    def test_nobody_sees_a_request_before_the_address_is_proved(self, cast: Cast) -> None:
        offered(cast.chen, forms=("quote",))
        quote = ask(cast)
        assert quote.number == "Q-2026-0001"
        assert quoting.state(quote, AT) == "unproved"
        assert not visible_to(cast.user("chen"), DAY).exists()
        mail = Outbox.objects.get(key__contains=quote.number).payload
        assert mail["to"] == "ada@kite.example"
        assert f"/quotes/{quote.token}/" in mail["text"]
        assert not User.objects.filter(email="ada@kite.example").exists()
        for _twice in range(2):
            quote = quotes.prove(quote=quote, at=AT)
        assert quoting.state(quote, AT) == "asked"
        assert verified_owner("ada@kite.example") == quote.asked_by
        assert list(visible_to(cast.user("chen"), DAY)) == [quote]
        assert Outbox.objects.filter(key__contains="asked/expert").count() == 1

    def test_the_expert_is_mailed_an_address_that_answers_nothing_for_the_client(self, cast: Cast) -> None:
        offered(cast.chen, forms=("quote",))
        quote = quotes.prove(quote=ask(cast), at=AT)
        mail = Outbox.objects.get(key__contains="asked/expert").payload
        assert quote.token not in mail["text"]

    def test_who_is_signed_in_under_the_address_is_known_and_nobody_else(self, cast: Cast) -> None:
        offered(cast.chen, forms=("quote",))
        assert ask(cast, email="otto@cast.example", by=cast.otto).asked_by == cast.otto
        assert ask(cast, email="ada@kite.example", by=cast.otto).asked_by is None

    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            ({"name": " "}, no.NameMissing),
            ({"need": " "}, no.NeedMissing),
            ({"need": "x" * 4001}, no.NeedMissing),
            ({"email": "nobody"}, NoAddress),
            ({"language": "tlh"}, LanguageNotSpoken),
        ],
    )
    def test_what_is_no_request(self, cast: Cast, changes: dict[str, Any], refusal: type[Refusal]) -> None:
        offered(cast.chen, forms=("quote",))
        with pytest.raises(refusal):
            ask(cast, **changes)
        assert not Quote.objects.exists()

    def test_only_who_offers_quotes_is_asked(self, cast: Cast) -> None:
        with pytest.raises(no.NoQuotes):
            ask(cast)
        offered(cast.chen, forms=("hourly",))
        with pytest.raises(no.NoQuotes):
            ask(cast)


@pytest.mark.django_db
class TestOffering:
    """Offers."""

    def test_only_the_expert_who_was_asked_writes_once(self, cast: Cast) -> None:
        quote = sent(cast)
        with pytest.raises(no.QuoteSent):
            quotes.send(quote=quote, offer=offer(), by=cast.chen, at=AT)
        other = quotes.prove(quote=ask(cast), at=AT)
        for somebody in (cast.bo, cast.lin, cast.otto):
            with pytest.raises(no.QuoteOfAnother):
                quotes.send(quote=other, offer=offer(), by=somebody, at=AT)
        with pytest.raises(no.QuoteUnproved):
            quotes.send(quote=ask(cast), offer=offer(), by=cast.chen, at=AT)

    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            ({"title": " "}, no.OfferIncomplete),
            ({"scope": ""}, no.OfferIncomplete),
            ({"parts": ()}, no.OfferIncomplete),
            ({"parts": (Part("", 5),)}, no.OfferIncomplete),
            ({"parts": (Part("x", 0),)}, no.OfferIncomplete),
            ({"parts": (Part("x", 1),) * 21}, no.TooManyMilestones),
            ({"parts": (Part("x", 10**15), Part("y", 1))}, AmountTooLarge),
            ({"weights": {}}, no.NoExperts),
            ({"weights": {"bo": 1}}, no.NoExperts),
            ({"weights": {"chen": 0}}, no.NoExperts),
            ({"weights": {"chen": 1, "nobody": 1}}, no.NoExperts),
            ({"valid_days": 0}, no.ValidityOutOfBounds),
            ({"valid_days": 91}, no.ValidityOutOfBounds),
            ({"weekly_centi": 400}, no.ReserveIncomplete),
            ({"weekly_centi": 400, "first_monday": date(2026, 12, 8), "weeks": 4}, no.ReserveIncomplete),
        ],
    )
    def test_what_is_no_offer(self, cast: Cast, changes: dict[str, Any], refusal: type[Refusal]) -> None:
        offered(cast.chen, forms=("quote",))
        quote = quotes.prove(quote=ask(cast), at=AT)
        with pytest.raises(refusal):
            quotes.send(quote=quote, offer=offer(**changes), by=cast.chen, at=AT)
        assert not quote.experts.exists()

    def test_the_database_keeps_what_was_sent(self, cast: Cast) -> None:
        quote = sent(cast)
        for statement in (
            f"UPDATE consulting_quote SET scope = 'less' WHERE id = {quote.pk}",
            f"UPDATE consulting_quote SET milestones = '[]' WHERE id = {quote.pk}",
            f"UPDATE consulting_quote SET valid_until = now() WHERE id = {quote.pk}",
            f"UPDATE consulting_quote SET token = repeat('a', 64) WHERE id = {quote.pk}",
            f"UPDATE consulting_quote SET accepted_at = now() WHERE id = {quote.pk}",
            f"UPDATE consulting_quoteexpert SET weight = 9 WHERE quote_id = {quote.pk}",
            f"DELETE FROM consulting_quoteexpert WHERE quote_id = {quote.pk}",
            f"DELETE FROM consulting_quote WHERE id = {quote.pk}",
        ):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)

    def test_the_database_refuses_what_is_no_quote(self, cast: Cast) -> None:
        offered(cast.chen, forms=("quote",))
        quote = ask(cast)
        for changes in (
            {"verified_at": AT}, {"asked_by": cast.otto}, {"sent_at": AT}, {"number": "1"}, {"weekly_centi": 5},
            {"accepted_by": "x"},
            {"sent_at": AT, "verified_at": AT, "asked_by": cast.otto, "terms": {}, "title": "x", "scope": "x"},
            {"weekly_centi": 5, "weeks": 2, "first_monday": date(2026, 12, 8)},
        ):  # fmt: skip
            with pytest.raises(DatabaseError), transaction.atomic():
                Quote.objects.filter(pk=quote.pk).update(**changes)


@pytest.mark.django_db
class TestAnswering:
    """Acceptance."""

    def test_an_accepted_offer_is_work_with_milestones_weights_and_invoices(self, cast: Cast) -> None:
        quote = sent(cast)
        engagement = accept(quote, silent=True)
        assert engagement.reference == quote.number
        assert (engagement.pricing, engagement.price_micro) == ("fixed", 1000 * MICRO)
        assert engagement.client.name == "Kite Finance"
        assert engagement.client.email == "ada@kite.example"
        assert engagement.client.user == User.objects.get(email="ada@kite.example")
        assert engagement.terms is not None
        assert quote.terms is not None
        assert engagement.terms["silent_accept_days"] == quote.terms["silent_accept_days"] is not None
        parts = Milestone.objects.filter(engagement=engagement).order_by("reference")
        assert [(row.reference, row.price_micro) for row in parts] == [("M1", 600 * MICRO), ("M2", 400 * MICRO)]
        assert {row.member.handle: row.weight for row in engagement.weights.all()} == {"chen": 2, "bo": 1}
        bills = Invoice.objects.order_by("number")
        assert [(row.total_micro, row.due_at.date()) for row in bills] == [
            (600 * MICRO, date(2026, 12, 19)),
            (400 * MICRO, date(2026, 12, 4)),
        ]
        quote.refresh_from_db()
        assert (quote.accepted_by, quote.engagement, quoting.state(quote, AT)) == ("Ada Kim", engagement, "accepted")
        entry = Entry.objects.get(verb="quote.accept")
        assert entry.data["digest"] == quoting.digest_of(quote, weights_of(quote))

    def test_the_hours_that_were_promised_are_kept_free(self, cast: Cast) -> None:
        weekly = {"weekly_centi": 400, "first_monday": MONDAY, "weeks": 3}
        engagement = accept(sent(cast, **weekly))
        kept = Retainer.objects.get()
        assert (kept.engagement, kept.member, kept.weekly_centi) == (engagement, cast.chen, 400)
        assert (kept.first_monday, kept.last_monday) == (MONDAY, date(2026, 12, 21))

    def test_hours_that_are_gone_stop_the_acceptance_whole(self, cast: Cast) -> None:
        quote = sent(cast, weekly_centi=800, first_monday=MONDAY, weeks=3)
        session(cast, hourly(cast), "S-1", cast.chen, held_on=MONDAY, hours_centi=300)
        with pytest.raises(WeekFull):
            accept(quote)
        assert not Invoice.objects.exists()
        assert not Milestone.objects.exists()

    def test_silence_counts_only_for_who_agreed(self, cast: Cast) -> None:
        terms = accept(sent(cast)).terms
        assert terms is not None
        assert terms["silent_accept_days"] is None

    def test_an_offer_is_answered_once_in_time_and_after_it_is_there(self, cast: Cast) -> None:
        offered(cast.chen, forms=("quote",))
        quote = ask(cast)
        with pytest.raises(no.QuoteUnproved):
            accept(quote)
        quote = quotes.prove(quote=quote, at=AT)
        with pytest.raises(no.QuoteNotSent):
            accept(quote)
        quote = quotes.send(quote=quote, offer=offer(valid_days=1), by=cast.chen, at=AT)
        with pytest.raises(no.NameMissing):
            accept(quote, name=" ")
        with pytest.raises(no.QuoteExpired):
            accept(quote, clock=lambda: AT + timedelta(days=1))
        accept(quote, clock=lambda: AT + timedelta(days=1, microseconds=-1))
        with pytest.raises(no.QuoteAnswered):
            accept(quote)
        with pytest.raises(no.QuoteAnswered):
            quotes.decline(quote=quote, by=None, at=AT)
        assert Engagement.objects.count() == 1

    def test_the_moment_is_asked_when_the_lock_is_held(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whoever waited for the lock past the last moment is late."""
        quote, held = sent(cast), quotes.held
        order: list[str] = []

        def hold(row: Quote) -> Quote:
            order.append("lock")
            return held(row)

        def clock() -> datetime:
            order.append("clock")
            return AT

        monkeypatch.setattr(quotes, "held", hold)
        accept(quote, clock=clock)
        assert order == ["lock", "clock"]

    def test_a_declined_offer_stays_declined(self, cast: Cast) -> None:
        quote = quotes.decline(quote=sent(cast), by=None, at=AT)
        with pytest.raises(no.QuoteAnswered):
            accept(quote)
        assert Outbox.objects.filter(key__contains="declined/expert").count() == 1

    def test_a_wallet_signs_exactly_this_offer(self, cast: Cast) -> None:
        quote = sent(cast)
        key = Account.create()
        text = quoting.message_of(quote, weights_of(quote))

        def signature(message: str) -> str:
            signature: bytes = key.sign_message(encode_defunct(text=message)).signature
            return "0x" + bytes(signature).hex()

        for signed, refusal in (
            (Signed(key.address, signature(text.replace("1,000", "1"))), SignatureForeign),
            (Signed(Account.create().address, signature(text)), SignatureForeign),
            (Signed("0x1", signature(text)), SignatureForeign),
            (Signed(key.address, "0x1"), SignatureUnreadable),
        ):
            with pytest.raises(refusal):
                accept(quote, signed=signed)
        accept(quote, signed=Signed(key.address, signature(text)))
        quote.refresh_from_db()
        assert quote.signer == key.address.lower()

    def test_the_digest_stands_for_every_part_of_the_offer(self, cast: Cast) -> None:
        quote = sent(cast)
        weights = weights_of(quote)
        changed: dict[str, Any] = {
            "title": "x", "scope": "x", "milestones": [], "terms": {}, "valid_until": AT, "weekly_centi": 1,
            "first_monday": MONDAY, "weeks": 1, "number": "Q-2026-0002",
        }  # fmt: skip
        digests = {quoting.digest_of(quote, weights), quoting.digest_of(quote, weights | {"bo": 2})}
        for name, value in changed.items():
            other = Quote.objects.get(pk=quote.pk)
            setattr(other, name, value)
            digests.add(quoting.digest_of(other, weights))
        assert len(digests) == len(changed) + 2

    def test_the_mailed_address_finds_the_quote_and_no_other_does(self, cast: Cast) -> None:
        quote = sent(cast)
        assert by_token(quote.token) == quote
        assert by_token(quote.number) is None


@pytest.mark.committed
def test_of_many_acceptances_one_makes_work(committed_db: str) -> None:
    quote = sent(assemble())
    assert sorted(accept_at_once(quote)) == [*["QuoteAnswered"] * 3, "done"]
    assert Invoice.objects.count() == 2


@pytest.mark.committed
def test_without_the_locks_an_offer_is_accepted_again(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    quote = sent(assemble())
    read = Barrier(4)

    def unlocked(row: Quote) -> Quote:
        found = Quote.objects.select_related("member__user", "asked_by", "client").get(pk=row.pk)
        read.wait(PATIENCE)
        return found

    monkeypatch.setattr(quotes, "held", unlocked)
    monkeypatch.setattr("consulting.services.engagements.locked_expert", lambda member: member)
    outcomes = accept_at_once(quote)
    # The engagement's reference is the quote's number: what is unique stops the others, as a conflict of another name.
    assert sorted(outcomes) == [*["ReferenceTaken"] * 3, "done"]


def accept_at_once(quote: Quote) -> list[str]:
    """Four acceptances of one offer at once."""
    return at_once(*[lambda: accept(quote)] * 4)


def test_an_offer_is_valid_up_to_its_moment() -> None:
    until = datetime(2026, 12, 1, tzinfo=AT.tzinfo)
    quote = Quote(verified_at=AT, sent_at=AT, valid_until=until)
    assert quoting.state(quote, until - timedelta(microseconds=1)) == "sent"
    assert quoting.state(quote, until) == "expired"
