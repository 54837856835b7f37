"""Votes from Snapshot: what is taken, what is refused by name, what they say, what verify finds."""

import json
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.rules.signatures import typed_digest, typed_signer
from journal.models import Entry
from journal.registry import invariants
from members.models import Member, Membership
from proposals.models import Evidence, Proposal
from proposals.refusals import EvidenceForeign, EvidenceKnown, EvidenceUnreadable, MembersOnly
from proposals.rules import snapshots
from proposals.selectors import signatures
from proposals.selectors.visibility import VISITOR, Reader
from proposals.services import evidence
from tests.proposals.cast import DEADLINE, HOUR, NOW, at, found, opened
from tests.proposals.keys import KEY, OTHER, POLL, envelope, message, pasted, vote_types
from tests.proposals.test_verify import tamper

pytestmark = pytest.mark.django_db
LATER = NOW + HOUR


@pytest.fixture
def group() -> list[Member]:
    return found(users=True)


@pytest.fixture
def proposal(group: list[Member]) -> Proposal:
    return opened(group[0])[0]


def add(proposal: Proposal, by: Member, text: str = "") -> Evidence:
    return evidence.add(proposal=proposal, envelope=text or pasted(), by=by, clock=at(LATER))


def said() -> list[str]:
    return list(invariants["proposals.evidence"].check())


def test_a_message_that_snapshot_itself_published() -> None:
    # test/fixtures/evm/message-alias.json of snapshot.js: domain and recovery are those of the real thing.
    fields = [{"name": name, "type": kind} for name, kind in (("from", "address"), ("alias", "address"))]
    typed = {
        "types": {"EIP712Domain": snapshots.DOMAIN_TYPE, "Alias": [*fields, {"name": "timestamp", "type": "uint64"}]},
        "primaryType": "Alias",
        "domain": snapshots.DOMAIN,
        "message": {
            "from": "0xf1f09AdC06aAB740AA16004D62Dbd89484d3Be90",
            "alias": "0xDD983E11Cf84746f3b7589ee1Dc2081c08c40Cb3",
            "timestamp": 1719884056,
        },
    }
    text = (
        "0x7279205b0d18978bcbf8c1e0930b6bb1417e4da2f83e746e53d61599d84b0160"
        "198ab7cd783b4e68c548b57280b76888d5ffba94489e50f7f60c6ebb9bb3f05a1c"
    )
    assert typed_signer(typed, text) == "0xf1f09adc06aab740aa16004d62dbd89484d3be90"


CHOICES: dict[str, Any] = {"uint32": 2, "uint32[]": [3, 1], "string": '{"1":60,"2":40}'}


@pytest.mark.parametrize("voter", ["string", "address"])
@pytest.mark.parametrize("poll", ["string", "bytes32"])
@pytest.mark.parametrize("choice", list(CHOICES))
def test_every_kind_of_vote_is_read(voter: str, poll: str, choice: str) -> None:
    text = pasted(fields=vote_types(poll, choice, voter), values=message(choice=CHOICES[choice]))
    read = snapshots.read(text)
    assert snapshots.digest(read) == typed_digest(snapshots.typed(read))
    vote = snapshots.vote(read)
    assert (vote.signer, vote.space, vote.poll) == (KEY.address.lower(), "lxdao.eth", POLL)
    assert vote.choice == (tuple(CHOICES[choice]) if choice == "uint32[]" else CHOICES[choice])


def changed(**parts: Any) -> str:
    """A signed vote in which something was put in the place of something else afterwards."""
    whole = envelope()
    for path, value in parts.items():
        *folders, last = path.split("__")
        place = whole
        for folder in folders:
            place = place[folder]
        place[last] = value
    return json.dumps(whole)


@pytest.mark.parametrize(
    "text",
    [
        *("", "{}", "[]", "1", "null", '"vote"', "{", "[" * 19_999, "9" * 19_999, " " * 20_001, '{"data": {}}'),
        changed(data__domain={"name": "snapshot", "version": "0.1.3"}),
        changed(data__domain={"name": "snapshot", "version": "0.1.4", "chainId": 1}),
        changed(data__domain={"name": "Expert Group", "version": "1"}),
        changed(data__types={}),
        changed(data__types={"Vote": vote_types()[:-1]}),
        changed(data__types={"Vote": vote_types()[::-1]}),
        changed(data__types={"Vote": vote_types(choice="uint256")}),
        changed(data__types={"Vote": [*vote_types()[:-1], 7]}),
        changed(data__types={"Vote": vote_types(), "Other": []}),
        changed(data__message__space=""),
        changed(data__message__space="a\0b"),
        changed(data__message__space="\ud800"),
        changed(data__message__space=7),
        changed(data__message__timestamp=-1),
        changed(data__message__timestamp=True),
        changed(data__message__timestamp=1.5),
        changed(data__message__timestamp="1719884056"),
        changed(data__message__timestamp=10**12),
        changed(data__message__choice=2**32),
        changed(data__message__choice=[1]),
        changed(data__message__choice=None),
        changed(data__message__app="x" * 25),
        changed(data__message__more="x"),
        changed(data__message__from="lin.eth"),
        changed(data__message={}),
        changed(data=7),
        changed(sig=None),
        changed(sig={}),
        changed(address=OTHER.address),
        changed(address="0x"),
        changed(address=7),
    ],
)
def test_what_is_no_vote_is_refused_by_name(text: str) -> None:
    with pytest.raises(EvidenceUnreadable):
        snapshots.read(text)


@pytest.mark.parametrize(
    "text",
    [
        changed(data__message__choice=2),
        changed(data__message__space="other.eth"),
        changed(data__message__proposal=POLL.replace("8", "9")),
        changed(data__message__reason="because"),
        changed(data__message__timestamp=1719884057),
        changed(sig="0x" + "00" * 65),
        changed(sig="0x"),
        changed(sig="hello"),
        changed(address=OTHER.address, data__message__from=OTHER.address),
    ],
)
def test_a_vote_that_the_address_did_not_sign_proves_nothing(text: str) -> None:
    read = snapshots.read(text)
    with pytest.raises(EvidenceForeign):
        snapshots.digest(read)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
NESTED = st.recursive(SCALARS, lambda part: st.lists(part) | st.dictionaries(st.text(), part))


@settings(max_examples=50)
@given(
    place=st.sampled_from(
        ["address", "sig", "data", "data__domain", "data__types", "data__types__Vote", "data__message"]
    ),
    value=NESTED,
)
def test_whatever_stands_in_it_is_a_refusal(place: str, value: Any) -> None:
    with pytest.raises((EvidenceUnreadable, EvidenceForeign)):
        snapshots.digest(snapshots.read(changed(**{place: value})))


def test_what_is_not_signed_is_not_kept(proposal: Proposal, group: list[Member]) -> None:
    row = add(proposal, group[1], json.dumps(envelope() | {"hash": "Qm", "note": "trust me"}))
    assert set(row.envelope) == {"address", "sig", "data"}
    assert (row.number, row.added_by, row.added_at) == (1, group[1], LATER)
    entry = Entry.objects.get(verb="evidence.add")
    assert (entry.subject, entry.actor, entry.data) == ("proposal/1", "member:ben", {"number": 1, "digest": row.digest})
    assert said() == []


def test_one_vote_once_in_a_proposal(proposal: Proposal, group: list[Member]) -> None:
    add(proposal, group[0])
    with pytest.raises(EvidenceKnown):
        add(proposal, group[1])
    assert add(proposal, group[1], pasted(values=message(choice=2))).number == 2
    other = opened(group[0], handle="otto")[0]
    assert add(other, group[0]).number == 1


def test_only_members_add(proposal: Proposal, group: list[Member]) -> None:
    Membership.objects.filter(member=group[2]).update(exited_on="2026-11-01")
    with pytest.raises(MembersOnly):
        add(proposal, group[2])


def test_who_sees_it(proposal: Proposal, group: list[Member]) -> None:
    row = add(proposal, group[0])
    member = Reader(inside=True)
    assert signatures.evidence_of(proposal, reader=member, at=LATER) == [row]
    assert signatures.evidence_of(proposal, reader=VISITOR, at=LATER) is None
    assert signatures.evidence_of(proposal, reader=VISITOR, at=DEADLINE) == [row]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"number": 0}, "evidence_number"),
        ({"number": 51}, "evidence_number"),
        ({"number": 1}, "evidence_number_once"),
        ({"digest": "A" * 64}, "evidence_digest"),
        ({"digest": None}, "evidence_once"),
    ],
)
def test_the_database_refuses(proposal: Proposal, group: list[Member], changes: dict[str, Any], name: str) -> None:
    first = add(proposal, group[0])
    values = {"number": 2, "digest": "a" * 64, "envelope": {}, "added_by": group[0], "added_at": LATER} | changes
    values["digest"] = values["digest"] or first.digest
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Evidence.objects.create(proposal=proposal, **values)


@pytest.mark.parametrize("change", ["UPDATE proposals_evidence SET number = 2", "DELETE FROM proposals_evidence"])
def test_evidence_is_append_only(proposal: Proposal, group: list[Member], change: str) -> None:
    add(proposal, group[0])
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE proposals_evidence SET digest = repeat('a', 64)",
        "UPDATE proposals_evidence SET envelope = '{}'",
        "UPDATE proposals_evidence SET envelope = '[]'",
        "UPDATE proposals_evidence SET envelope = jsonb_set(envelope, '{data,types}', '{\"Vote\": []}')",
        "UPDATE proposals_evidence SET envelope = jsonb_set(envelope, '{data,message,choice}', '2')",
        "UPDATE proposals_evidence SET number = 2",
        "UPDATE proposals_evidence SET added_at = added_at + interval '1 second'",
        "DELETE FROM proposals_evidence",
    ],
)
def test_verify_finds_what_was_altered(proposal: Proposal, group: list[Member], change: str) -> None:
    add(proposal, group[0])
    tamper(change)
    assert said() != []
