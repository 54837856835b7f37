"""The pages and the API of an election: standing, voting, the run-off, who sees what."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import charter.selectors
from journal.clock import database_clock
from members.models import Member, Term
from members.services import terms
from proposals.models import Ballot, Declaration, Proposal, Round
from proposals.services import ballots, candidacies, elections, execution, openings, rounds
from tests.proposals.cast import DAY, HOUR, at, found

pytestmark = pytest.mark.django_db
PENDING_QUERIES, OPEN_QUERIES = 45, 32
PAGE = "/proposals/1/"
API = "/api/v1/proposals/1/"


def as_(member: Member | None) -> Client:
    client = Client()
    if member is not None:
        assert member.user is not None
        client.force_login(member.user)
    return client


def text(member: Member | None, path: str = PAGE, status: int = 200) -> str:
    response = as_(member).get(path)
    assert response.status_code == status
    return response.content.decode()


@pytest.fixture
def members() -> list[Member]:
    """Five members; the leader's term ended ten days ago."""
    group = found(("ana", "ben", "chen", "dora", "emil"), users=True)
    last = charter.selectors.today(database_clock()) - 10 * DAY
    terms.end_term(term=Term.objects.get(role="leader"), ends_on=last, by="import", at=database_clock() - 200 * DAY)
    return group


@pytest.fixture
def election(members: list[Member]) -> Proposal:
    """Put forward twenty days ago; it waits for who stands."""
    made = elections.put_forward_due(clock=at(database_clock() - 20 * DAY))
    assert made is not None
    return made


def started(election: Proposal, *standing: Member, days: int = 1) -> Round:
    """The first round, opened some days ago."""
    moment = database_clock() - days * DAY
    for member in standing:
        statement = f"I am <{member.handle}>."
        candidacies.stand(proposal=election, by=member, statement=statement, clock=at(moment - HOUR))
    return openings.open_pending(proposal=election, by=rounds.SYSTEM, clock=at(moment))


def test_members_stand_change_and_step_down_on_the_page(members: list[Member], election: Proposal) -> None:
    ben = as_(members[1])
    assert "Nobody stands yet." in text(members[1])
    sent = ben.post(f"{PAGE}candidacy/", {"statement": "I will.", "deputy": "chen"})
    assert (sent.status_code, sent["Location"]) == (302, f"{PAGE}#candidates")
    page = text(members[2])
    assert "Deputy for the leader’s own claims: 陈雨" in page
    assert "I will." in page
    assert '<option value="chen" selected>' in text(members[1])
    ben.post(f"{PAGE}candidacy/", {"statement": "I will, and well."})
    assert "I will, and well." in text(members[2])
    ben.post(f"{PAGE}candidacy/", {"step_down": "1"})
    assert "Nobody stands yet." in text(members[2])
    assert Declaration.objects.count() == 3


def test_what_was_typed_stays_with_the_reason_beside_it(members: list[Member], election: Proposal) -> None:
    empty = as_(members[1]).post(f"{PAGE}candidacy/", {"statement": " ", "deputy": "chen"})
    assert empty.status_code == 422
    said = empty.content.decode()
    assert "Say why you stand: the members read it on the ballot." in said
    assert '<option value="chen" selected>' in said
    own = as_(members[1]).post(f"{PAGE}candidacy/", {"statement": "Mine <b>", "deputy": "ben"})
    assert (own.status_code, "Mine &lt;b&gt;" in own.content.decode()) == (422, True)
    assert as_(None).post(f"{PAGE}candidacy/", {"statement": "x"}).status_code == 302
    assert as_(members[1]).post("/proposals/9/candidacy/", {"statement": "x"}).status_code == 404
    late = as_(members[2]).post(f"{PAGE}candidacy/", {"step_down": "1"})
    assert (late.status_code, "You do not stand in this election." in late.content.decode()) == (409, True)


def test_a_visitor_sees_who_stands_and_no_words(members: list[Member], election: Proposal) -> None:
    candidacies.stand(proposal=election, by=members[1], statement="For members.")
    page = text(None)
    assert "Ben Okoro" in page
    assert "For members." not in page
    assert "Stand as candidate" not in page


def test_a_member_votes_for_a_candidate(members: list[Member], election: Proposal) -> None:
    held = started(election, members[1], members[2])
    page = text(members[0])
    # The worker put it forward, so nobody asks for another end of it.
    assert ("Ask for this time" in page, "Any other member with a seat can second it." in page) == (True, False)
    assert page.index('value="for:ben"') < page.index('value="for:chen"') < page.index('value="abstain"')
    assert "I am &lt;ben&gt;." in page
    assert 'value="against"' not in page
    sent = as_(members[0]).post(f"{PAGE}ballot/", {"round": held.pk, "choice": "for:chen"})
    assert sent.status_code == 302
    page = text(members[0])
    assert "Your vote: For 陈雨" in page
    assert "for:chen ·" not in page
    assert "陈雨: 1 of 5 votes" in page
    assert "If the round ended now, nobody would be elected" in page
    wrong = as_(members[3]).post(f"{PAGE}ballot/", {"round": held.pk, "choice": "for:emil"})
    assert (wrong.status_code, "Choose one of the candidates, or abstain." in wrong.content.decode()) == (422, True)
    assert Ballot.objects.count() == 1


def test_htmx_answers_with_the_ballot_s_box(members: list[Member], election: Proposal) -> None:
    held = started(election, members[1], members[2])
    client, headers = as_(members[0]), {"HX-Request": "true"}
    sent = client.post(f"{PAGE}ballot/", {"round": held.pk, "choice": "for:ben"}, headers=headers)
    assert (sent.status_code, "Your vote: For Ben Okoro" in sent.content.decode()) == (200, True)
    wrong = client.post(f"{PAGE}ballot/", {"round": held.pk, "choice": "x"}, headers=headers)
    assert (wrong.status_code, 'value="for:chen"' in wrong.content.decode()) == (422, True)


def test_nobody_outside_learns_a_vote_before_the_end(members: list[Member], election: Proposal) -> None:
    held = started(election, members[1], members[2])
    as_(members[0]).post(f"{PAGE}ballot/", {"round": held.pk, "choice": "for:chen"})
    page = text(None)
    assert "Ben Okoro" in page
    assert "1 vote" not in page
    assert "For 陈雨" not in page
    assert "I am" not in page


def test_the_run_off_is_linked_to_the_first_round(members: list[Member], election: Proposal) -> None:
    held = started(election, members[1], members[2], members[3], days=8)
    for member, choice in zip(members, ("ben", "ben", "chen", "dora", "chen"), strict=True):
        ballots.cast(round_id=held.pk, by=member, choice=f"for:{choice}", clock=at(held.opened_at + HOUR))
    rounds.close_due()
    page = text(members[0])
    assert "This is the run-off" in page
    assert "In the first round nobody had enough: Ben Okoro 2, 陈雨 2, Dora 1." in page
    assert 'value="for:dora"' not in page
    assert "The run-off opens" in page
    assert "Most votes at" in page


def test_who_was_elected_stands_on_the_page(members: list[Member], election: Proposal) -> None:
    held = started(election, members[1], members[2], days=8)
    for member in members[:3]:
        ballots.cast(round_id=held.pk, by=member, choice="for:chen", clock=at(held.opened_at + HOUR))
    rounds.close_due()
    assert "陈雨 becomes the leader on" in text(None)
    execution.execute(proposal=election, by=rounds.SYSTEM)
    page = text(None)
    assert "陈雨: 3 of 5 votes" in page
    assert "the term begins on" in page
    assert "For 陈雨" in page
    assert "Elected" in page


def test_an_election_that_nobody_won_asks_for_no_word_any_more(members: list[Member], election: Proposal) -> None:
    started(election, members[1], days=8)
    rounds.close_due()
    page = text(members[0])
    assert ("Recuse myself" in page, "Send my comment" in page) == (False, False)


def test_the_first_page_names_no_moment_for_an_election_without_candidates(
    members: list[Member], election: Proposal
) -> None:
    assert election.opens_at is not None
    assert election.opens_at < database_clock()
    page = text(members[0], "/")
    assert election.title in page
    assert "The first closes" not in page


def queries(member: Member) -> int:
    client = as_(member)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(PAGE).status_code == 200
    return len(asked)


@pytest.mark.parametrize("standing", [1, 4])
def test_the_pages_cost_the_same_for_any_number_of_candidates(
    members: list[Member], election: Proposal, standing: int
) -> None:
    for member in members[:standing]:
        candidacies.stand(proposal=election, by=member, statement="x", deputy="emil")
    pending = queries(members[4])
    openings.open_pending(proposal=election, by=rounds.SYSTEM)
    assert (pending, queries(members[4])) == (PENDING_QUERIES, OPEN_QUERIES)


def test_the_list_has_the_election(members: list[Member], election: Proposal) -> None:
    assert election.title in text(members[0], "/proposals/")
    held = started(election, members[1])
    as_(members[0]).post(f"{PAGE}ballot/", {"round": held.pk, "choice": "for:ben"})
    page = text(members[0], "/proposals/")
    assert "You have voted" in page
    assert "1 of 5 have voted" in page
    assert "Ben Okoro 1." in page


def test_the_api_stands_lists_and_steps_down(members: list[Member], election: Proposal) -> None:
    ben, path = as_(members[1]), f"{API}candidacies/"
    made = ben.post(path, {"statement": "I will.", "deputy": "chen"}, "application/json")
    assert (made.status_code, made.json()["member"]) == (201, "ben")
    (row,) = ben.get(path).json()
    assert row == {
        "member": "ben", "name": "Ben Okoro", "member_since": "2026-01-05", "deputy": "chen", "statement": "I will.",
        "declared_at": row["declared_at"],
    }  # fmt: skip
    assert Client().get(path).json()[0]["statement"] is None
    assert ben.post(path, {"statement": ""}, "application/json").json()["code"] == "statement-missing"
    assert ben.delete(path).status_code == 204
    assert ben.delete(path).json()["code"] == "not-standing"
    assert ben.get(path).json() == []
    assert Client().post(path, {"statement": "x"}, "application/json").status_code in (401, 403)


def test_the_api_shows_and_takes_votes(members: list[Member], election: Proposal) -> None:
    started(election, members[1], members[2])
    ben = as_(members[1])
    said = {"round": 1, "choice": "for:chen"}
    cast = ben.post(f"{API}ballots/", said, "application/json")
    assert (cast.status_code, cast.json()["choice"]) == (201, "for:chen")
    (held,) = ben.get(API).json()["rounds"]
    assert held["candidates"] == ["ben", "chen"]
    assert (held["tally"]["votes"], held["tally"]["elected"]) == ([["ben", 0], ["chen", 1]], None)
    assert held["wording"]["candidates"][0]["statement"] == "I am <ben>."
    (hidden,) = Client().get(API).json()["rounds"]
    assert (hidden["candidates"], hidden["tally"], hidden["wording"]) == (["ben", "chen"], None, None)
    wrong = ben.post(f"{API}ballots/", {"round": 1, "choice": "for:dora"}, "application/json")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "choice-missing")


def test_a_member_puts_one_forward(members: list[Member]) -> None:
    ana = as_(members[0])
    assert "Election" in ana.get("/proposals/new/").content.decode()
    assert ana.get("/proposals/new/election/").status_code == 200
    shown = ana.post("/proposals/new/election/", {"text": "It is time.", "preview": "1"}).content.decode()
    assert "Whoever is elected becomes the leader on" in shown
    made = ana.post("/proposals/new/election/", {"text": "It is time.", "open": "1"})
    assert (made.status_code, made["Location"]) == (302, PAGE)
    proposal = Proposal.objects.get()
    assert proposal.opens_at is not None
    assert proposal.opens_at - proposal.proposed_at >= timedelta(days=7)
    assert "It is time." in text(members[1])
    again = ana.post("/proposals/new/election/", {"text": "Once more.", "open": "1"})
    assert (again.status_code, "under way already" in again.content.decode()) == (409, True)
    said = {"kind": "election", "text": "Once more."}
    assert ana.post("/api/v1/proposals/", said, "application/json").json()["code"] == "election-running"
    draft = ana.post("/api/v1/proposals/drafts/", said, "application/json").json()
    assert [item["code"] for item in draft["missing"]] == ["election-running"]
