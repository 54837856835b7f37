"""What was typed is still on the page when it was refused and its form is not drawn any more."""

import html
from typing import Any

import pytest

from charter import selectors as charter
from journal.clock import database_clock
from members.models import Member
from members.services import memberships
from proposals.models import Ballot, Motion, Proposal, Round
from proposals.services import announcing, candidacies, motions, openings, proposing, recusals, rounds
from tests.proposals.cast import DAY, HOUR, at, found, opened, vote
from tests.proposals.test_pages import as_

pytestmark = pytest.mark.django_db
WORDS = "Long <thought> over."
PAGE = "/proposals/1/"


@pytest.fixture
def group() -> list[Member]:
    return found(users=True)


def propose(by: Member, title: str = "So", **more: Any) -> Proposal:
    told: dict[str, Any] = {"kind": "resolution", "params": {"title": title}, "text": "Why.", "at": database_clock()}
    return proposing.propose(by=by, **(told | more))


def keeps(response: Any, status: int, refused: str, *labels: str, text: str = WORDS) -> str:
    """The page: the refusal once, then the label and text of what was typed, and no form that has it."""
    page = html.unescape(response.content.decode())
    assert response.status_code == status
    assert page.count("What you wrote") == 1
    assert page.count(f"It was not sent: {refused}") == 1
    assert f'<pre class="well">{text}</pre>' in page
    assert f"\n{text}</textarea>" not in page
    for label in labels:
        assert f'<p class="sm muted mt">{label}</p>' in page
    return page


def election(by: Member) -> Proposal:
    return propose(by, kind="election", params={}, at=database_clock() - 10 * DAY)


CANDIDACY = {"statement": WORDS, "deputy": "chen"}


def test_a_candidacy_that_the_opening_overtook(group: list[Member]) -> None:
    made = election(group[0])
    candidacies.stand(proposal=made, by=group[0], statement="Mine.", clock=at(database_clock() - DAY))
    openings.open_pending(proposal=made, by=rounds.SYSTEM, clock=at(database_clock() - HOUR))
    sent = as_(group[1]).post(f"{PAGE}candidacy/", CANDIDACY)
    page = keeps(sent, 409, "The vote has opened, so the candidates are fixed.", "Why do you stand?", "Deputy")
    assert '<pre class="well">陈雨</pre>' in page


def test_a_candidacy_in_an_election_that_was_taken_back(group: list[Member]) -> None:
    made = election(group[0])
    announcing.take_back(proposal=made, by=group[0])
    keeps(as_(group[1]).post(f"{PAGE}candidacy/", CANDIDACY), 409, "", "Why do you stand?")


def test_a_recusal_that_comes_too_late(group: list[Member]) -> None:
    propose(group[1])
    sent = as_(group[2]).post(f"{PAGE}recusal/", {"reason": WORDS})
    keeps(sent, 409, "Seats are fixed when a round opens.", "Why do you take no part?")


def test_a_recusal_from_what_was_taken_back_and_one_from_another_tab(group: list[Member]) -> None:
    made = propose(group[1], opens_at=database_clock() + DAY)
    recusals.recuse(proposal=made, by=group[2], reason="First.")
    keeps(as_(group[2]).post(f"{PAGE}recusal/", {"reason": WORDS}), 409, "You have recused yourself already.")
    announcing.take_back(proposal=made, by=group[1])
    keeps(as_(group[0]).post(f"{PAGE}recusal/", {"reason": WORDS}), 409, "")


@pytest.mark.parametrize("path", ["recusal", "motions", "candidacy"])
def test_who_has_left_meanwhile_still_has_the_words(group: list[Member], path: str) -> None:
    made = election(group[0])
    pk = 0
    if path == "motions":
        pk = propose(group[1], "Other").rounds.get().pk
    number = Proposal.objects.get(kind="resolution").number if path == "motions" else made.number
    before = database_clock() - 3 * DAY
    memberships.declare_exit(member=group[2], exited_on=charter.today(before), by=group[2], at=before)
    typed = {"reason": WORDS, "statement": WORDS, "kind": "hold", "until_at": "24", "round": pk}
    keeps(as_(group[2]).post(f"/proposals/{number}/{path}/", typed), 403, "")


@pytest.fixture
def held(group: list[Member]) -> Round:
    """A vote that counts, put forward by ben yesterday."""
    return propose(group[1], at=database_clock() - DAY).rounds.get()


def ask(by: Member, held: Round, kind: str, **more: Any) -> Any:
    return as_(by).post(f"{PAGE}motions/", {"round": held.pk, "kind": kind, "reason": WORDS} | more)


def test_a_motion_that_waits_already(group: list[Member], held: Round) -> None:
    until = held.deadline_at + DAY
    motions.ask(round_id=held.pk, kind="extend", reason="First.", by=group[0], until_at=until)
    sent = ask(group[1], held, "extend", until_at=until.isoformat())
    page = keeps(sent, 409, "The same is asked for already and waits for a second member.", "Why?", "New deadline")
    # As the choice read, not as it was sent.
    assert until.isoformat() not in page


def test_a_hold_that_was_had_before(group: list[Member], held: Round) -> None:
    motions.ask(round_id=held.pk, kind="hold", reason="First.", by=group[2], until_at=database_clock() + HOUR)
    sent = ask(group[2], held, "hold", until_at="24")
    page = keeps(sent, 409, "You have asked for time in this round before.", "Why?", "How much time do you need?")
    assert '<pre class="well">24 h</pre>' in page.replace("\u00a0", " ")


def test_a_motion_of_who_may_not_ask_and_of_a_round_that_is_over(group: list[Member]) -> None:
    held = propose(group[1], at=database_clock() - 8 * DAY).rounds.get()
    keeps(ask(group[2], held, "cancel"), 409, "This round has ended", "Why?")
    other = propose(group[1], "Other").rounds.get()
    sent = as_(group[2]).post("/proposals/2/motions/", {"round": other.pk, "kind": "cancel", "reason": WORDS})
    keeps(sent, 403, "A later deadline or a cancellation is asked for by who put the proposal forward", "Why?")


def test_a_next_round_while_one_runs(group: list[Member], held: Round) -> None:
    sent = as_(group[1]).post(f"{PAGE}rounds/", {"changes": WORDS, "text": "Other reasons."})
    page = keeps(sent, 409, "The round is still open", "What changed since the last round?", "Why it is proposed")
    assert '<pre class="well">Other reasons.</pre>' in page


def test_a_next_round_while_somebody_needs_time(group: list[Member]) -> None:
    _proposal, held = opened(group[0], moment=database_clock() - DAY)
    vote(held, group[1], "object", moment=database_clock())
    motions.ask(round_id=held.pk, kind="hold", reason="First.", by=group[2], until_at=database_clock() + HOUR)
    sent = as_(group[0]).post(f"{PAGE}rounds/", {"changes": WORDS})
    page = keeps(sent, 409, "A member asked for time", "What changed since the last round?")
    assert 'aria-disabled="true"' in page


def test_a_ballot_after_the_end(group: list[Member]) -> None:
    held = propose(group[1], at=database_clock() - 8 * DAY).rounds.get()
    sent = as_(group[2]).post(f"{PAGE}ballot/", {"round": held.pk, "choice": "against", "reason": WORDS})
    page = keeps(sent, 409, "This round is closed.", "Your choice", "Your reason")
    assert '<pre class="well">Against</pre>' in page
    # Nothing to copy: the sentence alone.
    bare = as_(group[2]).post(f"{PAGE}ballot/", {"round": held.pk, "choice": "for"}).content.decode()
    assert ("What you wrote" in bare, "This round is closed." in bare) == (False, True)


def test_what_is_refused_beside_its_field_is_not_said_twice(group: list[Member], held: Round) -> None:
    page = ask(group[2], held, "hold", until_at="99").content.decode()
    assert ("What you wrote" in page, WORDS in html.unescape(page)) == (False, True)


def test_a_form_speaks_of_its_own_proposal_only(group: list[Member], held: Round) -> None:
    """A round that the address does not have is none: nothing is cast, asked or answered in another proposal."""
    propose(group[1], "Other")
    client = as_(group[2])
    motions.ask(round_id=held.pk, kind="cancel", reason="First.", by=group[1])
    for path, typed in (
        ("ballot/", {"choice": "for"}),
        ("motions/", {"kind": "hold", "until_at": "24", "reason": WORDS}),
        ("motions/answers/", {"motion": "1"}),
    ):
        for headers in ({}, {"HX-Request": "true"}):
            sent = client.post(f"/proposals/2/{path}", typed | {"round": held.pk}, headers=headers)
            assert (sent.status_code, "There is no such round." in sent.content.decode()) == (404, True)
    assert (Ballot.objects.count(), Motion.objects.count()) == (0, 1)
    assert client.post(f"{PAGE}motions/answers/", {"motion": "1", "round": held.pk}).status_code == 302
