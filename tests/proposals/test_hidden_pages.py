"""A hidden round on its pages and in the API: drafted, voted in, over, closed; what the voter keeps; signing."""

import html
from typing import Any

import pytest

from journal.clock import database_clock
from members.models import Member
from proposals.models import Ballot, BallotSignature, Proposal, Round
from proposals.services import rounds
from tests.proposals.cast import DAY, HOUR, NAMES, at, found, vote
from tests.proposals.keys import KEY, proved, signed
from tests.proposals.secret import RESOLVE, hidden
from tests.proposals.test_pages import as_, page

pytestmark = pytest.mark.django_db
DRAFT, API = "/proposals/new/resolution/", "/api/v1/proposals/"
WORDS = {"title": RESOLVE["title"], "text": "We looked at it.", "hidden": "on"}


@pytest.fixture
def group() -> list[Member]:
    return found(users=True)


@pytest.fixture
def held(group: list[Member]) -> Round:
    return hidden(group[0], database_clock() - DAY)[1]


def text(who: Member | None, path: str = "/proposals/1/") -> str:
    return html.unescape(page(who, path))


def own(member: Member) -> Any:
    return as_(member).get(f"{API}1/").json()["rounds"][-1]["own"]


def test_a_draft_asks_for_it_says_who_could_look_and_refuses_by_name(group: list[Member]) -> None:
    browser = as_(group[1])
    assert "Only whoever runs the server could look." in browser.get(DRAFT).content.decode()
    both = browser.post(DRAFT, WORDS | {"open": "1", "final_ballots": "on"})
    assert (both.status_code, Proposal.objects.count()) == (422, 0)
    assert "that end would tell how the members vote" in html.unescape(both.content.decode())
    made = browser.post(DRAFT, WORDS | {"open": "1"})
    assert (made.status_code, Round.objects.get().hidden) == (302, True)


def test_the_api_takes_the_option_and_says_why_not(group: list[Member]) -> None:
    body = {"kind": "resolution", "params": RESOLVE, "text": "Why.", "hidden": True}
    client = as_(group[1])
    said = client.post(f"{API}drafts/", body | {"final_ballots": True}, content_type="application/json").json()
    assert [item["code"] for item in said["missing"]] == ["hidden-final"]
    refused = client.post(API, body | {"final_ballots": True}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (422, "hidden-final")
    made = client.post(API, body, content_type="application/json")
    assert (made.status_code, made.json()["rounds"][0]["hidden"]) == (201, True)


def test_the_voter_has_choice_nonce_and_commitment_and_no_place(group: list[Member], held: Round) -> None:
    vote(held, group[0], moment=database_clock())
    cast = {"round": 1, "choice": "against", "reason": "Too early."}
    answer = as_(group[1]).post(f"{API}1/ballots/", cast, content_type="application/json").json()
    ballot = Ballot.objects.get(seat__member=group[1])
    assert (answer["choice"], answer["nonce"], answer["commitment"]) == ("against", ballot.nonce, ballot.commitment)
    assert (answer["number"], answer["previous"], answer["receipt"]) == (None, None, None)
    assert own(group[1]) == answer
    shown = text(group[1])
    assert (ballot.commitment in shown, ballot.nonce in shown, "Too early." in shown) == (True, True, True)
    assert "You have voted. Only you see this" in shown
    assert (ballot.receipt in shown, ballot.previous in shown, "ballot 2 of this proposal" in shown) == (False,) * 3


def test_members_see_seats_without_votes_and_others_no_seats(group: list[Member], held: Round) -> None:
    vote(held, group[0], moment=database_clock())
    seen = text(group[2])
    assert "nobody learns who has voted, how many, or how" in seen
    assert seen.count('data-s="hidden"') == 2
    assert "Only whoever runs this server could look before." in seen
    assert (own(group[2]), 'data-s="hidden"' in text(None), NAMES["ben"] in text(None)) == (None, False, False)


@pytest.mark.parametrize("number", [1, 2, 3, 99])
def test_no_number_finds_a_ballot_and_none_is_signed(group: list[Member], held: Round, number: int) -> None:
    proved(group[1])
    for member in group[:2]:
        vote(held, member, moment=database_clock())
    client, path = as_(group[1]), f"/proposals/1/ballots/{number}/signature/"
    assert client.get(path).status_code == 409
    assert client.get(f"/api/v1{path}").json()["code"] == "round-hidden"
    refused = client.post(f"/api/v1{path}", {"signature": "0x"}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "round-hidden")
    assert "Your ballot, for you alone" not in text(group[1], f"/proposals/1/?receipt={number}")
    assert "Your ballot, for you alone" in text(group[1], "/proposals/1/?receipt=own")


def test_between_deadline_and_end_nothing_is_told_and_nobody_votes(group: list[Member]) -> None:
    _proposal, held = hidden(group[0], database_clock() - 8 * DAY)
    vote(held, group[0], moment=held.opened_at + HOUR)
    shown = text(group[1])
    assert "The ballots are being counted and published." in shown
    assert ("1 of 3" in shown, "Cast my ballot" in shown) == (False, False)
    assert as_(group[1]).get(f"{API}1/").json()["state"] == "active"
    assert as_(group[1]).get("/proposals/1/rounds/1/receipts.json").status_code == 404
    refused = as_(group[1]).post("/proposals/1/ballot/", {"round": held.pk, "choice": "for"})
    assert refused.status_code == 409


def test_the_end_publishes_everything_and_then_a_ballot_is_signed(group: list[Member]) -> None:
    _proposal, held = hidden(group[0], database_clock() - 8 * DAY)
    proved(group[1])
    vote(held, group[0], moment=held.opened_at + HOUR)
    ballot = vote(held, group[1], "against", held.opened_at + 2 * HOUR)
    rounds.close_due(clock=at(database_clock()))
    file = as_(None).get("/proposals/1/rounds/1/receipts.json").json()
    assert [(row["choice"], row["nonce"]) for row in file["ballots"]] == list(
        Ballot.objects.order_by("number").values_list("choice", "nonce")
    )
    assert "1 of 3 in favour" in text(None)
    path = f"/api/v1/proposals/1/ballots/{ballot.number}/signature/"
    client = as_(group[1])
    typed = client.get(path).json()["typed"]
    done = client.post(path, {"signature": signed(typed)}, content_type="application/json")
    assert (done.status_code, BallotSignature.objects.get().address) == (201, KEY.address.lower())
