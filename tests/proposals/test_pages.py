"""The pages: who sees what, every refusal with what was typed, a fixed number of queries."""

import html
import re
import subprocess
from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from journal.clock import database_clock
from members.models import Application, Member
from members.services import applications, memberships
from proposals.models import Ballot, Execution, Outcome, Proposal, Round, Seat
from proposals.services import rounds
from tests.proposals.cast import DAY, NAMES, OBJECTION, application, at, found, opened, vote

pytestmark = pytest.mark.django_db
Visit = Callable[[Member | User | None], Client]


@pytest.fixture
def group() -> list[Member]:
    return found(users=True)


@pytest.fixture
def held(group: list[Member]) -> Round:
    """A round that opened yesterday."""
    return opened(group[0], moment=database_clock() - DAY)[1]


def as_(who: Member | User | None) -> Client:
    """A browser: a member's, an account's, a visitor's."""
    client = Client()
    user = who.user if isinstance(who, Member) else who
    if user is not None:
        client.force_login(user)
    return client


def now_vote(held: Round, member: Member, choice: str = "for") -> Ballot:
    return vote(held, member, choice, moment=database_clock())


def page(who: Member | User | None, path: str = "/proposals/1/") -> str:
    response = as_(who).get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_says_where_it_stands_and_what_happens_if(group: list[Member], held: Round) -> None:
    now_vote(held, group[0])
    text = page(group[1])
    assert "1 of 3 in favour" in text
    assert "2 votes are missing: you, 陈雨." in text
    assert "Nobody is admitted by silence." in text
    assert 'href="/charter/#c-4.2.4"' in text
    assert "All 3 in favour:" in text
    assert "becomes a member on" in text


@pytest.mark.parametrize("who", ["member", "applicant", "visitor", "stranger"])
def test_who_sees_ballots_in_an_open_round(group: list[Member], held: Round, who: str) -> None:
    now_vote(held, group[0])
    now_vote(held, group[1], "object")
    stranger = User.objects.create_user("otto@world.example")
    reader = {
        "member": group[2], "applicant": Application.objects.get().user, "visitor": None, "stranger": stranger
    }[who]  # fmt: skip
    text = page(reader)
    inside, words = who == "member", who in ("member", "applicant")
    assert ("1 of 3 in favour" in text) is inside
    assert (NAMES["ana"] + "</th>" in text) is inside
    assert (Ballot.objects.first().receipt[:8].upper()[:4] in text) is inside  # type: ignore[union-attr]
    # Objections ask the applicant: their words are for both, and the applicant's words too.
    assert (OBJECTION["reason"] in text) is words
    assert ("Two prototypes." in text) is words
    file = as_(reader).get("/proposals/1/rounds/1/receipts.json")
    assert file.status_code == (200 if inside else 404)


def test_everybody_sees_ballots_of_a_closed_round_and_no_words(group: list[Member], held: Round) -> None:
    now_vote(held, group[0])
    now_vote(held, group[1], "object")
    rounds.close_due(clock=at(held.deadline_at))
    text = page(None)
    assert "1 of 3 in favour" in text
    assert "Objects" in text
    assert OBJECTION["reason"] not in text
    assert "Two prototypes." not in text
    assert as_(None).get("/proposals/1/rounds/1/receipts.json").json()["outcome"]["result"] == "objected"


def test_a_vote_is_cast_without_a_script(group: list[Member], held: Round) -> None:
    client = as_(group[1])
    assert 'name="choice" value="for"' in client.get("/proposals/1/").content.decode()
    response = client.post("/proposals/1/ballot/", {"round": held.pk, "choice": "for"})
    assert (response.status_code, response["Location"]) == (302, "/proposals/1/?receipt=own#receipt")
    text = client.get(response["Location"]).content.decode()
    assert "You are in favour" in text
    assert "Your receipt" in text
    assert "Checked: unchanged since cast" in text
    assert Ballot.objects.get().seat.member == group[1]


def test_with_htmx_the_box_comes_back_and_the_rest_hears_of_it(group: list[Member], held: Round) -> None:
    client = as_(group[1])
    response = client.post("/proposals/1/ballot/", {"round": held.pk, "choice": "for"}, headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Trigger"]) == (200, "ballot-cast")
    text = response.content.decode()
    assert text.count('id="ballot"') == 1
    assert "<html" not in text
    assert "You are in favour" in text
    verdict = client.get("/proposals/1/verdict/").content.decode()
    assert "1 of 3 in favour" in verdict
    assert "<html" not in verdict
    assert "Your receipt" in client.get("/proposals/1/ballots/").content.decode()


@pytest.mark.parametrize("htmx", [True, False])
def test_an_objection_without_its_words_comes_back_with_what_was_typed(
    group: list[Member], held: Round, htmx: bool
) -> None:
    headers = {"HX-Request": "true"} if htmx else {}
    typed = {"round": held.pk, "choice": "object", "reason": "", "missing": "A <b>reference</b>."}
    response = as_(group[1]).post("/proposals/1/ballot/", typed, headers=headers)
    text = response.content.decode()
    assert response.status_code == 422
    assert "Say why you object" in text
    assert "A &lt;b&gt;reference&lt;/b&gt;." in text
    assert 'value="object" checked' in text
    assert ("<title>Error:" in text) is not htmx
    assert not Ballot.objects.exists()


def test_no_choice_is_asked_for(group: list[Member], held: Round) -> None:
    response = as_(group[1]).post("/proposals/1/ballot/", {"round": held.pk})
    assert response.status_code == 422
    assert "Choose whether you are in favour or object." in response.content.decode()


def test_too_late_says_so_and_keeps_what_was_written(group: list[Member], held: Round) -> None:
    rounds.close_due(clock=at(held.deadline_at))
    typed = {"round": held.pk, "choice": "object", "reason": "A long reason.", "missing": "A reference."}
    response = as_(group[1]).post("/proposals/1/ballot/", typed)
    text = response.content.decode()
    assert response.status_code == 409
    assert "This round is closed. Your ballot was not counted." in text
    assert "A long reason." in text
    assert "A reference." in text


def test_a_tab_of_the_round_before_cannot_vote_in_the_next(group: list[Member], held: Round) -> None:
    now_vote(held, group[2], "object")
    rounds.open_next(proposal=held.proposal, changes="New.", by=group[0])
    response = as_(group[1]).post("/proposals/1/ballot/", {"round": held.pk, "choice": "for"})
    assert response.status_code == 409
    assert Ballot.objects.count() == 1


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 30, "999"])
def test_a_round_that_is_none(group: list[Member], held: Round, number: str) -> None:
    response = as_(group[1]).post("/proposals/1/ballot/", {"round": number, "choice": "for"})
    assert response.status_code == 404


def test_who_has_no_seat_is_told_why(group: list[Member], held: Round) -> None:
    user = User.objects.create_user("dana@group.example")
    dana = memberships.join(
        handle="dana", name="Dana", user=user, joined_on=database_clock().date(), decided_by="import", by="import",
        at=database_clock(),
    )  # fmt: skip
    assert 'id="ballot"' not in page(dana)
    response = as_(dana).post("/proposals/1/ballot/", {"round": held.pk, "choice": "for"})
    assert response.status_code == 403
    assert "You have no seat in this round" in response.content.decode()
    applicant = Application.objects.get().user
    assert as_(applicant).post("/proposals/1/ballot/", {"round": held.pk, "choice": "for"}).status_code == 403


def test_visitors_are_asked_to_sign_in(held: Round) -> None:
    response = as_(None).post("/proposals/1/ballot/", {"round": held.pk, "choice": "for"})
    assert (response.status_code, response["Location"].startswith(reverse("account_login"))) == (302, True)
    assert not Session.objects.exists()


def test_looking_never_casts(group: list[Member], held: Round) -> None:
    for path in ("ballot/", "rounds/", "execution/"):
        assert as_(group[0]).get(f"/proposals/1/{path}").status_code == 405


def test_an_objection_is_withdrawn_by_a_button(group: list[Member], held: Round) -> None:
    now_vote(held, group[1], "object")
    client = as_(group[1])
    assert "Withdraw my objection" in client.get("/proposals/1/").content.decode()
    client.post("/proposals/1/ballot/", {"round": held.pk, "choice": "withdrawn"})
    assert [ballot.choice for ballot in Ballot.objects.order_by("number")] == ["object", "withdrawn"]
    assert "Withdraw my objection" not in client.get("/proposals/1/").content.decode()


def test_an_objection_pauses_and_the_leader_may_go_on(group: list[Member], held: Round) -> None:
    now_vote(held, group[1], "object")
    assert "Ben Okoro objects. Nothing passes while the objection stands." in page(group[2])
    author = Application.objects.get().user
    applications.save_draft(user=author, changes={"project": "Two products."}, at=database_clock())
    client = as_(group[0])
    empty = client.post("/proposals/1/rounds/", {"changes": " "})
    assert (empty.status_code, "Say what changed since the last round" in empty.content.decode()) == (422, True)
    assert client.post("/proposals/1/rounds/", {"changes": "A <reference>."}).status_code == 302
    text = page(group[1])
    assert "What changed since round 1" in text
    assert "Ben Okoro objected in round 1" in text
    assert "A &lt;reference&gt;." in text
    assert '<del><span class="sr">removed: </span>prototypes</del>' in text
    assert '<ins><span class="sr">added: </span>products</ins>' in text


def test_why_the_next_round_cannot_open_stands_beside_the_button(group: list[Member], held: Round) -> None:
    assert "nobody objects" in page(group[0])
    assert "Open the next round" not in page(group[1])
    response = as_(group[1]).post("/proposals/1/rounds/", {"changes": "New."})
    assert response.status_code == 403
    response = as_(group[0]).post("/proposals/1/rounds/", {"changes": "New."})
    assert response.status_code == 409


def test_a_passed_proposal_is_carried_out_by_hand_once(group: list[Member]) -> None:
    _proposal, held = opened(group[0], moment=database_clock() - 2 * DAY)
    for member in group:
        now_vote(held, member)
    assert "Carry it out now" in page(group[1])
    client = as_(group[1])
    for _time in range(2):
        assert client.post("/proposals/1/execution/").status_code == 302
    assert Execution.objects.get().effect == "membership/noor"
    text = page(None)
    assert "Passed and carried out" in text
    assert "3 of 3 in favour" in text


def test_what_was_not_passed_is_not_carried_out(group: list[Member], held: Round) -> None:
    assert as_(group[1]).post("/proposals/1/execution/").status_code == 409


def test_the_leader_opens_a_proposal_from_the_list(group: list[Member]) -> None:
    papers = application(group[0])
    text = page(group[0], "/proposals/")
    assert "Open the vote on Noor Haddad" in text
    assert "The group leader opens it." in page(group[1], "/proposals/")
    assert "Noor" not in page(None, "/proposals/")
    assert as_(group[1]).post(f"/proposals/admissions/{papers.pk}/").status_code == 403
    assert as_(group[0]).post(f"/proposals/admissions/{papers.pk}/")["Location"] == "/proposals/1/"
    assert as_(group[0]).post(f"/proposals/admissions/{papers.pk}/").status_code == 409
    assert as_(group[0]).post("/proposals/admissions/999/").status_code == 404


def test_what_an_application_lacks_stands_beside_its_button(group: list[Member]) -> None:
    application(group[0])
    Application.objects.update(builder_confirmed_by=None)
    text = page(group[0], "/proposals/")
    assert 'aria-disabled="true"' in text
    assert "The leader confirms since when" in text


def test_the_list_tells_open_from_decided(group: list[Member], held: Round) -> None:
    now_vote(held, group[0])
    other, second = opened(group[0], handle="otto", moment=database_clock() - 9 * DAY)
    rounds.close_due()
    text = page(group[1], "/proposals/")
    assert text.index("Open") < text.index("/proposals/1/") < text.index("Decided") < text.index("/proposals/2/")
    assert "<b>One</b> vote waits for you." in text
    assert "Not passed" in text
    assert Outcome.objects.get(round=second).result == "silence"
    assert Proposal.objects.count() == other.number


def crowd(group: list[Member], number: int, *, since: int) -> None:
    """As many open and as many lapsed proposals more, written set by set; `since` keeps their numbers apart."""
    opened_at = database_clock() - DAY
    names = [f"crowd-{place}" for place in range(since, since + 2 * number)]
    users = User.objects.bulk_create([User(email=f"{name}@world.example") for name in names])
    papers = Application.objects.bulk_create(
        [Application(user=user, name=user.email, submitted_at=opened_at, saved_at=opened_at) for user in users]
    )
    act = {"act": "members.admit"}
    proposals = Proposal.objects.bulk_create(
        Proposal(
            number=1000 + since + place, kind="admission", about=paper.name, application=paper, proposed_by=group[0],
            proposed_at=opened_at, acts=[act | {"params": {"application": paper.pk}}], acts_digest="a",
        )
        for place, paper in enumerate(papers)
    )  # fmt: skip
    times = {"opened_at": opened_at, "earliest_end_at": opened_at, "deadline_at": opened_at + 7 * DAY}
    held = [
        Round(
            proposal=proposal, number=1, rule="unanimous", edition=1, opened_by=group[0], digest=f"d{proposal.number}",
            wording_digest="w", electorate_digest="e", previous="p", **times,
        )
        for proposal in proposals
    ]  # fmt: skip
    for one in held:
        one.save()
    Seat.objects.bulk_create(
        Seat(round=one, member=member, position=place) for one in held for place, member in enumerate(group, start=1)
    )
    counted = {"seats": 3, "in_favour": 0, "against": 0}
    for one in held[:number]:
        Outcome.objects.create(
            round=one, result="silence", tally=counted, last_receipt=one.digest, digest="o", decided_at=one.deadline_at
        )


@pytest.mark.parametrize("who", [0, None])
def test_the_number_of_queries_does_not_grow(group: list[Member], held: Round, who: int | None) -> None:
    counts: dict[str, list[int]] = {"/proposals/": [], "/proposals/1/": [], "/api/v1/proposals/": []}
    client, made = as_(None if who is None else group[who]), 0
    for wanted in (1, 3, 300):
        crowd(group, wanted - made, since=2 * made)
        made = wanted
        for path, found_before in counts.items():
            client.get(path)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path).status_code == 200
            found_before.append(len(queries))
    assert all(len(set(numbers)) == 1 for numbers in counts.values()), counts
    # Half of it is the frame: who reads, the group, the charter's terms, what waits.
    assert max(numbers[0] for numbers in counts.values()) <= 33


def test_the_commands_on_the_page_give_the_receipt(group: list[Member], held: Round) -> None:
    now_vote(held, group[0])
    ballot = now_vote(held, group[1], "object")
    text = html.unescape(page(group[2], "/proposals/1/?receipt=2"))
    commands = re.findall(r"printf .*? \| sha256sum", text)
    printed = [subprocess.check_output(["sh", "-c", command], text=True).split()[0] for command in commands]
    assert printed == [ballot.commitment, ballot.receipt]


def test_an_altered_receipt_is_said_so(group: list[Member], held: Round) -> None:
    now_vote(held, group[1])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE proposals_ballot SET nonce = repeat('0', 32)")
        cursor.execute("SET session_replication_role = origin")
    assert "Altered since cast" in page(group[1], "/proposals/1/?receipt=1")


def test_hostile_characters_and_numbers_are_no_defect(group: list[Member], held: Round) -> None:
    typed = {"round": held.pk, "choice": "object", "reason": "a\0b <script>", "missing": "x"}
    assert as_(group[1]).post("/proposals/1/ballot/", typed).status_code == 302
    assert "ab &lt;script&gt;" in page(group[2])
    for path in (
        f"/proposals/{'9' * 40}/",
        "/proposals/1/?receipt=%00",
        "/proposals/?page=%00",
        f"/proposals/?page={'9' * 40}",
    ):
        assert as_(group[1]).get(path).status_code in (200, 404)
    assert as_(group[0]).post(f"/proposals/admissions/{'9' * 40}/").status_code == 404


def test_an_unknown_proposal_is_not_found(group: list[Member]) -> None:
    for path in ("", "verdict/", "ballots/", "rounds/1/receipts.json"):
        assert as_(group[0]).get(f"/proposals/99/{path}").status_code == 404
