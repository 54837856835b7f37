"""Bookings in each state, a dispute, and money on a chain that only the treasurer can place."""

from datetime import datetime, timedelta

from eth_account import Account
from eth_account.messages import encode_defunct

from accounts.services import wallets
from consulting.rules.bookings import begins_at
from consulting.rules.chains import Chain, Token
from consulting.rules.transfers import Transfer, View
from consulting.services import disputes, sessions
from consulting.services.chain import watching
from expertgroup.demo import articles, bills, quoted, rooms
from expertgroup.demo.cast import CLIENT_CONTACT, FOUNDERS, Person
from expertgroup.demo.orders import DANIEL, Visit, ago, book, book_and_pay, confirm, lapse, user
from expertgroup.demo.people import member, user_of
from expertgroup.demo.script import ZONE, Script

SCREENS = Visit(
    CLIENT_CONTACT, "chen", 90, "Signing screens of the operator\n\nThree screens. Can people tell what they sign?"
)
REHEARSAL = Visit(CLIENT_CONTACT, "sun", 60, "Plan for a lost key\n\nWho does what in the first hour?")
CIRCUITS = Visit(CLIENT_CONTACT, "tomas", 90, "Proofs of membership\n\nDo we need a circuit for that at all?")
INDEXER = Visit(CLIENT_CONTACT, "aisha", 60, "An indexer for two chains\n\nOne process or two?")
PAUSE = Visit(DANIEL, "lin", 60, "A pause button\n\nWho may press it, and who lifts it again?")
PAYMENTS = Visit(DANIEL, "kwame", 120, "Payouts that run once\n\nWe paid 14 people twice last month.")
COMPLAINT = "Half of the session went into setting up our project, which had been sent two days before."
# Nobody's chain: the demo has no node. Address and key are of no use anywhere.
DOLLAR = Token("USDC", "0x" + "d0" * 20, 6)
CHAIN = Chain(10, "Optimism", (DOLLAR,), "0x" + "7e" * 20, 12, 0)
WALLET_KEY = "0x" + "11" * 32
STRANGER = "0x" + "5e" * 20


def write(script: Script) -> None:
    """Everything that clients have with the group, besides the engagements that the treasurer entered."""
    script.add(ago(script, 60, "09:00"), _know, person=DANIEL)
    bills.write(script)
    rooms.write(script)
    quoted.write(script)
    articles.write(script)
    _bookings(script)
    _dispute(script)
    _payments(script)


def _know(at: datetime, person: Person) -> None:
    user_of(person, at)


def _bookings(script: Script) -> None:
    """Confirmed ones, two that wait for their experts, one that nobody paid."""
    soon = script.now + timedelta(days=2)
    for days, clock, visit in ((3, "16:00", REHEARSAL), (2, "13:00", PAYMENTS)):
        moment = ago(script, days, clock)
        book_and_pay(script, moment, visit, soon)
        script.add(moment + timedelta(hours=3), confirm, visit=visit)
    missed = ago(script, 1, "18:00")
    script.add(missed, book, visit=INDEXER, not_before=soon)
    script.add(missed + timedelta(minutes=31), lapse, visit=INDEXER)
    book_and_pay(script, script.now - timedelta(hours=3), CIRCUITS, soon)
    book_and_pay(script, script.now - timedelta(hours=2, minutes=20), PAUSE, soon)


def _dispute(script: Script) -> None:
    """A session that both sides see differently; each has signed another percentage."""
    booked = ago(script, 26, "15:00")
    book_and_pay(script, booked, SCREENS, booked + timedelta(days=3))
    script.add(booked + timedelta(hours=5), confirm, visit=SCREENS)
    # By then the time has come, whichever of the week's windows was free.
    script.add(ago(script, 13, "21:00"), _deliver)
    script.add(ago(script, 11, "10:20"), _complain)
    script.add(ago(script, 10, "17:45"), _offer, by=_person("chen"), percent=80)
    script.add(ago(script, 8, "09:15"), _offer, by=CLIENT_CONTACT, percent=40)


def _person(handle: str) -> Person:
    return next(person for person in FOUNDERS if person.handle == handle)


def _deliver(at: datetime) -> None:
    booking = SCREENS.booking
    assert booking.engagement is not None
    sessions.deliver(
        engagement=booking.engagement,
        member=member(SCREENS.expert),
        held_on=begins_at(booking).astimezone(ZONE).date(),
        hours_centi=150,
        title="Signing screens of the operator",
        booking=booking,
        by=member(SCREENS.expert),
        at=at,
    )


def _complain(at: datetime) -> None:
    engagement = SCREENS.booking.engagement
    assert engagement is not None
    disputes.open_dispute(engagement=engagement, reason=COMPLAINT, by=user(CLIENT_CONTACT), at=at)


def _offer(at: datetime, by: Person, percent: int) -> None:
    engagement = SCREENS.booking.engagement
    assert engagement is not None
    disputes.offer(engagement=engagement, percent=percent, by=user(by), at=at)


def _payments(script: Script) -> None:
    """Two transfers that match nobody: one from an unknown address, one from a client with several open invoices."""
    script.add(ago(script, 7, "14:00"), _prove)
    account = Account.from_key(WALLET_KEY)
    script.add(ago(script, 1, "12:15"), _arrive, payer=account.address.lower(), amount_u=500, number=1)
    script.add(script.now - timedelta(hours=5), _arrive, payer=STRANGER, amount_u=210, number=2)


def _prove(at: datetime) -> None:
    """The client's wallet, proved as on the settings' page."""
    who, account = user(CLIENT_CONTACT), Account.from_key(WALLET_KEY)
    asked = wallets.challenge(address=account.address, purpose=wallets.own(who), user=who, at=at, clock=lambda: at)
    signed = account.sign_message(encode_defunct(text=asked.message))
    wallets.prove(user=who, nonce=asked.nonce, signature="0x" + signed.signature.hex(), at=at, clock=lambda: at)


def _arrive(at: datetime, payer: str, amount_u: int, number: int) -> None:
    """A final transfer, as a look at the chain would have found it."""
    block = 128_400_000 + number
    transfer = Transfer(
        tx_hash=f"0x{number:064x}",
        log_index=number,
        token=DOLLAR.address,
        payer=payer,
        to=CHAIN.receiver,
        units=amount_u * 10**DOLLAR.decimals,
        block_number=block,
        block_hash=f"0x{block:064x}",
    )
    view = View(head=block + 12, first=block, last=block, new=(transfer,), made_at={block: at}, final=(transfer,))
    watching.apply(view, CHAIN, clock=lambda: at)
