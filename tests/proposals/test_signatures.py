"""A wallet's signature of one's ballot: what is signed, what is refused, what the database holds by itself."""

import json
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import Wallet
from accounts.refusals import SignatureUnreadable
from accounts.rules.signatures import typed_digest, typed_signer
from accounts.services import wallets
from journal.models import Entry
from journal.registry import invariants
from members.models import Member
from proposals.models import Ballot, BallotSignature, Outcome, Round
from proposals.refusals import AlreadySigned, BallotReplaced, UnknownBallot, WalletUnproven
from proposals.rules import signatures as rules
from proposals.rules import snapshots
from proposals.services import signatures
from tests.proposals.cast import AFTER_A_DAY, HOUR, NOW, at, found, opened, vote
from tests.proposals.keys import KEY, OTHER, proved, signed, typed
from tests.proposals.test_verify import tamper

pytestmark = pytest.mark.django_db
LATER = NOW + 2 * HOUR
# Of secp256k1.
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
CHECKS = ("proposals.chains", "proposals.journal", "proposals.guards", "proposals.signatures")


def said() -> list[str]:
    """What verify says of chains and signatures."""
    return [text for name in CHECKS for text in invariants[name].check()]


@pytest.fixture
def group() -> list[Member]:
    return found(users=True)


@pytest.fixture
def held(group: list[Member]) -> Round:
    return opened(group[0])[1]


def sign(by: Member, ballot: Ballot, key: Any = KEY, **more: Any) -> BallotSignature:
    assert by.user is not None
    given: dict[str, Any] = {"signature": signed(typed(ballot), key), "clock": at(LATER)} | more
    return signatures.sign(proposal=1, number=ballot.number, by=by.user, **given)


def test_the_message_has_the_digest_that_others_compute() -> None:
    # The digest and the signature come from a second implementation without any library.
    message = rules.typed_ballot(
        group="g.example", proposal=3, round_number=2, electorate="ab" * 32, rule="cd" * 32, choice="for", reason="",
        nonce="11" * 16, receipt="ef" * 32,
    )  # fmt: skip
    assert typed_digest(message) == "5e4b26c1d9ccd1d2ef0be34da480fa5494a22c2a3b888d6efbd593cfa61d066e"
    text = (
        "0x4a9b5e35858c4ec5565e83cc41f574252be040f3c3c674b5b32a0482b49a0277"
        "219c622267e4203013d2d684168c5fdf4777a3685c265752082b983680b8e66e1c"
    )
    assert typed_signer(message, text) == KEY.address.lower()


def test_the_domain_is_never_that_of_another_place(held: Round, group: list[Member]) -> None:
    message = typed(vote(held, group[0]))
    assert message["domain"] == {"name": "Expert Group", "version": "1"} != snapshots.DOMAIN
    assert message["primaryType"] not in ("Vote", "Proposal", "Alias")
    assert json.loads(json.dumps(message)) == message


def test_every_part_of_the_message_counts(held: Round, group: list[Member]) -> None:
    message = typed(vote(held, group[0]))
    text = signed(message)
    for name, value in message["message"].items():
        other = value + 1 if isinstance(value, int) else value[:-1] + ("0" if value[-1] != "0" else "1")
        changed = message | {"message": message["message"] | {name: other}}
        assert typed_signer(changed, text) != KEY.address.lower(), name


def test_a_signed_ballot(held: Round, group: list[Member]) -> None:
    proved(group[1])
    ballot = vote(held, group[1], "object")
    row = sign(group[1], ballot)
    assert (row.address, row.signed_at, row.group) == (KEY.address.lower(), LATER, "localhost:8000")
    message = typed(ballot)["message"]
    assert message["reason"] == f"0x{ballot.reason_digest}"
    assert message["electorate"] == f"0x{held.electorate_digest}"
    entry = Entry.objects.get(verb="ballot.sign")
    assert (entry.subject, entry.actor) == ("proposal/1/round/1", "member:ben")
    assert entry.data == {"number": 1, "digest": row.digest, "address": row.address}
    assert said() == []


def test_the_ballot_that_ends_a_round_can_be_signed_after_it(held: Round, group: list[Member]) -> None:
    proved(group[2])
    for member in group:
        last = vote(held, member, moment=AFTER_A_DAY)
    assert Outcome.objects.exists()
    assert sign(group[2], last, clock=at(AFTER_A_DAY + HOUR)).ballot == last
    assert said() == []


def test_a_site_that_moves_keeps_its_signatures(held: Round, group: list[Member], settings: Any) -> None:
    proved(group[0])
    sign(group[0], vote(held, group[0]))
    settings.BASE_URL = "https://elsewhere.example"
    assert said() == []


def test_another_s_ballot_is_none(held: Round, group: list[Member]) -> None:
    proved(group[1])
    ballot = vote(held, group[0])
    with pytest.raises(UnknownBallot):
        sign(group[1], ballot)


def test_a_replaced_ballot_is_not_signed(held: Round, group: list[Member]) -> None:
    proved(group[0])
    first, second = vote(held, group[0]), vote(held, group[0], "object")
    with pytest.raises(BallotReplaced):
        sign(group[0], first)
    sign(group[0], second)


def test_once(held: Round, group: list[Member]) -> None:
    proved(group[0])
    ballot = vote(held, group[0])
    sign(group[0], ballot)
    with pytest.raises(AlreadySigned):
        sign(group[0], ballot)


def test_only_a_proved_wallet_of_one_s_own(held: Round, group: list[Member]) -> None:
    ballot = vote(held, group[0])
    with pytest.raises(WalletUnproven):
        sign(group[0], ballot)
    proved(group[1], OTHER)
    with pytest.raises(WalletUnproven):
        sign(group[0], ballot, OTHER)
    wallet = proved(group[0])
    with pytest.raises(WalletUnproven):
        sign(group[0], ballot, signature=signed(typed(vote(held, group[1]))))
    assert group[0].user is not None
    wallets.remove(wallet=wallet, by=group[0].user, at=NOW)
    with pytest.raises(WalletUnproven):
        sign(group[0], ballot)
    proved(group[0])
    sign(group[0], ballot)


def test_a_wallet_that_goes_leaves_what_it_signed(held: Round, group: list[Member]) -> None:
    wallet = proved(group[0])
    sign(group[0], vote(held, group[0]))
    assert group[0].user is not None
    wallets.remove(wallet=wallet, by=group[0].user, at=NOW)
    assert said() == []


@pytest.mark.parametrize("text", ["", "0x", "hello", "0x" + "00" * 65, "0x" + "11" * 64])
def test_what_is_no_signature(held: Round, group: list[Member], text: str) -> None:
    proved(group[0])
    with pytest.raises(SignatureUnreadable):
        sign(group[0], vote(held, group[0]), signature=text)


def test_one_form_of_each_signature_is_kept(held: Round, group: list[Member]) -> None:
    proved(group[0])
    ballot = vote(held, group[0])
    text = signed(typed(ballot))
    other_half = f"{text[:66]}{ORDER - int(text[66:130], 16):064x}{'1b' if text.endswith('1c') else '1c'}"
    for wrong in (other_half, text[:-2] + "25", text[:-2] + "1d"):
        with pytest.raises(SignatureUnreadable):
            sign(group[0], ballot, signature=wrong)
    written = text[:-2].upper().replace("0X", "0x") + {"1b": "00", "1c": "01"}[text[-2:]]
    assert sign(group[0], ballot, signature=written).signature == text


def row(ballot: Ballot, **changes: Any) -> BallotSignature:
    """A row that the database takes; `changes` make it one that it does not."""
    values = {
        "ballot": ballot, "group": "g.example", "address": KEY.address.lower(), "signature": "0x" + "1" * 128 + "1b",
        "digest": "a" * 64, "signed_at": LATER,
    }  # fmt: skip
    return BallotSignature(**values | changes)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"group": ""}, "signature_group"),
        ({"address": KEY.address}, "latest ballot"),
        ({"signature": "0x" + "A" * 128 + "1b"}, "signature_of_a_key"),
        ({"signature": "0x" + "1" * 128 + "00"}, "signature_of_a_key"),
        ({"digest": "A" * 64}, "signature_digest"),
        ({"address": OTHER.address.lower()}, "wallet of its voter"),
        ({"signed_at": NOW}, "latest ballot"),
    ],
)
def test_the_database_refuses(held: Round, group: list[Member], changes: dict[str, Any], name: str) -> None:
    proved(group[0])
    ballot = vote(held, group[0])
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        row(ballot, **changes).save(force_insert=True)
    row(ballot).save(force_insert=True)


def test_the_database_refuses_a_replaced_ballot_and_a_removed_wallet(held: Round, group: list[Member]) -> None:
    wallet = proved(group[0])
    first, second = vote(held, group[0]), vote(held, group[0], "object")
    with pytest.raises(IntegrityError, match="latest ballot"), transaction.atomic():
        row(first).save(force_insert=True)
    Wallet.objects.filter(pk=wallet.pk).update(removed_at=LATER)
    with pytest.raises(IntegrityError, match="wallet of its voter"), transaction.atomic():
        row(second).save(force_insert=True)


@pytest.mark.parametrize(
    "change", ["UPDATE proposals_ballotsignature SET \"group\" = 'x'", "DELETE FROM proposals_ballotsignature"]
)
def test_signatures_are_append_only(held: Round, group: list[Member], change: str) -> None:
    proved(group[0])
    sign(group[0], vote(held, group[0]))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


@pytest.mark.parametrize(
    "change",
    [
        "SET address = '0x' || repeat('a', 40)",
        "SET signature = '0x' || repeat('1', 128) || '1b'",
        "SET digest = repeat('a', 64)",
        "SET \"group\" = 'evil.example'",
        "SET signed_at = signed_at + interval '1 second'",
    ],
)
def test_verify_finds_what_was_altered(held: Round, group: list[Member], change: str) -> None:
    proved(group[0])
    sign(group[0], vote(held, group[0]))
    tamper(f"UPDATE proposals_ballotsignature {change}")
    assert any("ballotsignature" in text for text in said())


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE proposals_ballot SET nonce = 'zz'",
        "UPDATE proposals_ballot SET reason_digest = repeat('z', 64)",
        "UPDATE proposals_ballot SET choice = 'object', reason_digest = 'a'",
        "UPDATE proposals_round SET electorate_digest = repeat('陈', 64)",
        "UPDATE proposals_round SET edition = 2",
    ],
)
def test_verify_finds_that_something_else_was_signed(held: Round, group: list[Member], change: str) -> None:
    proved(group[0])
    sign(group[0], vote(held, group[0]))
    tamper(change)
    assert any("ballotsignature" in text for text in said())


def test_verify_finds_what_was_taken_away(held: Round, group: list[Member]) -> None:
    proved(group[0])
    sign(group[0], vote(held, group[0]))
    tamper("DELETE FROM proposals_ballotsignature")
    assert any("ballot.sign" in text for text in said())
