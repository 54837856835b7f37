"""What is asked of a round on its page and over the API: who reads and does what, refusals with what was typed."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from expertgroup.selectors.pulse import pulse
from journal.clock import database_clock
from members.models import Member
from proposals.models import Motion, Outcome, Round
from proposals.selectors.listings import listing
from proposals.selectors.motions import times_of
from proposals.selectors.visibility import VISITOR
from proposals.selectors.waiting import ballots_waiting, for_member
from proposals.services import candidacies, motions, openings, proposing, rounds
from tests.proposals.cast import DAY, HOUR, at, found, opened
from tests.proposals.test_pages import as_, page

pytestmark = pytest.mark.django_db
WORDS = "I read until tomorrow."


@pytest.fixture
def group() -> list[Member]:
    """ana leads."""
    return found(users=True)


@pytest.fixture
def held(group: list[Member]) -> Round:
    """A vote that counts, put forward by ben yesterday."""
    made = proposing.propose(
        kind="resolution", params={"title": "We say so"}, text="Why.", by=group[1], at=database_clock() - DAY
    )
    return made.rounds.get()


def ask(held: Round, by: Member, kind: str = "hold", until: datetime | None = None) -> Motion:
    if until is None and kind == "hold":
        until = database_clock() + DAY
    return motions.ask(round_id=held.pk, kind=kind, reason=WORDS, by=by, until_at=until)


def send(by: Member, held: Round, path: str = "/proposals/1/motions/", **typed: Any) -> Any:
    return as_(by).post(path, {"round": held.pk} | typed)


def test_a_hold_is_asked_and_released_on_the_page(group: list[Member], held: Round) -> None:
    answered = send(group[2], held, kind="hold", until_at="48", reason=WORDS)
    assert answered.status_code == 302
    motion = Motion.objects.get()
    assert motion.until_at is not None
    assert motion.until_at - motion.asked_at <= 48 * HOUR
    text = page(group[0])
    # Once in full; on top only what it does to the end.
    assert text.count("陈雨 needs time until") == 2
    assert '<a href="#motions">Does not end before ' in as_(group[0]).get("/proposals/1/verdict/").content.decode()
    assert WORDS in text
    assert "I need no more time" not in text
    assert "I need no more time" in page(group[2])
    send(group[2], held, "/proposals/1/motions/answers/", motion=1)
    text = page(group[0])
    assert "The round does not end before." not in text
    assert "陈雨 needs no more time" in text


def test_an_extension_is_asked_and_seconded_on_the_page(group: list[Member], held: Round) -> None:
    until = times_of(held).deadline_at + 3 * DAY
    assert until.isoformat() in page(group[1])
    send(group[1], held, kind="extend", until_at=until.isoformat(), reason=WORDS)
    assert "Ben Okoro asks for a later deadline" in page(group[2])
    assert "Second it" in page(group[2])
    assert "Second it" not in page(group[1])
    send(group[2], held, "/proposals/1/motions/answers/", motion=1)
    assert times_of(held).deadline_at == until
    assert "陈雨 seconds it" in page(None)


def test_a_canceled_proposal_says_so_and_what_follows(group: list[Member]) -> None:
    _proposal, held = opened(group[0], moment=database_clock() - DAY)
    ask(held, group[0], "cancel")
    send(group[1], held, "/proposals/1/motions/answers/", motion=1)
    assert Outcome.objects.get().result == "canceled"
    text = page(group[0])
    assert "Ana Silva and Ben Okoro canceled this proposal. No further round opens" in text
    assert "its applicant takes it back and applies again" in text
    assert "Open the next round" not in text
    assert "Two members have canceled the vote." in page(held.proposal.application.user, "/application/")  # type: ignore[union-attr]


@pytest.mark.parametrize("who", ["member", "former", "visitor"])
def test_reasons_are_for_members_and_the_rest_for_everybody(group: list[Member], held: Round, who: str) -> None:
    ask(held, group[2])
    client = as_(group[0]) if who == "member" else Client()
    text = client.get("/proposals/1/").content.decode()
    assert "陈雨 needs time until" in text
    assert (WORDS in text) == (who == "member")
    assert ("Ask for this time" in text) == (who == "member")
    rows = client.get("/api/v1/proposals/1/rounds/1/motions/").json()
    assert [row["reason"] for row in rows] == [WORDS if who == "member" else None]


def test_only_who_may_ask_is_offered_it(group: list[Member], held: Round) -> None:
    texts = [page(member) for member in group]
    assert ["Ask for this deadline" in text for text in texts] == [True, True, False]
    assert ["Ask to cancel this proposal" in text for text in texts] == [True, True, False]
    assert ["Any other member with a seat can second it." in text for text in texts] == [False, False, True]


@pytest.mark.parametrize(("typed", "said", "status"), [
    ({"kind": "hold", "until_at": "24", "reason": " "}, "Say why: all members read it.", 422),
    ({"kind": "hold", "until_at": "73", "reason": "Typed."}, "Choose a moment within the next 72 hours.", 422),
    ({"kind": "hold", "until_at": "soon", "reason": "Typed."}, "Choose a moment within the next 72 hours.", 422),
    ({"kind": "hold", "until_at": "9" * 30, "reason": "Typed."}, "Choose a moment within the next 72 hours.", 422),
    ({"kind": "extend", "until_at": "2020-01-01T00:00:00+00:00", "reason": "Typed."}, "A later deadline is after", 422),
    ({"kind": "extend", "until_at": "2099-01-01T00:00:00", "reason": "Typed."}, "A later deadline is after", 422),
    ({"kind": "cancel", "reason": "x" * 1001}, "Shorten the reason to 1,000 characters.", 422),
])  # fmt: skip
def test_a_refusal_keeps_what_was_typed(
    group: list[Member], held: Round, typed: dict[str, str], said: str, status: int
) -> None:
    answered = send(group[1], held, **typed)
    text = answered.content.decode()
    assert (answered.status_code, said in text) == (status, True)
    assert typed["reason"].strip() in text
    assert '<details class="mt" open>' in text
    assert not Motion.objects.exists()


@pytest.mark.parametrize("path", ["/proposals/1/motions/", "/proposals/1/motions/answers/"])
def test_who_is_no_member_asks_nothing(group: list[Member], held: Round, path: str) -> None:
    stranger = opened(group[0])[0].application.user  # type: ignore[union-attr]
    typed = {"round": held.pk, "kind": "cancel", "reason": WORDS, "motion": 1}
    assert as_(stranger).post(path, typed).status_code == 403
    assert Client().post(path, typed).status_code == 302
    assert as_(group[0]).get(path).status_code == 405
    assert not Motion.objects.exists()


@pytest.mark.parametrize("typed", [{"round": "x"}, {"round": "1" * 19}, {"kind": "party"}, {"round": ""}])
def test_what_no_form_sends(group: list[Member], held: Round, typed: dict[str, str]) -> None:
    typed = {"round": str(held.pk), "kind": "hold", "until_at": "24", "reason": WORDS} | typed
    assert as_(group[0]).post("/proposals/1/motions/", typed).status_code == 404


def test_the_api_does_the_same(group: list[Member], held: Round) -> None:
    until = times_of(held).deadline_at + DAY
    path = "/api/v1/proposals/1/rounds/1/motions/"
    made = as_(group[0]).post(
        path, {"kind": "extend", "reason": WORDS, "until_at": until.isoformat()}, "application/json"
    )
    assert (made.status_code, made.json()["waits"], made.json()["asked_by"]) == (201, True, "ana")
    refused = as_(group[0]).post(f"{path}1/answer/")
    assert (refused.status_code, refused.json()["code"]) == (403, "own-motion")
    assert as_(group[1]).post(f"{path}1/answer/").json()["answered_by"] == "ben"
    round_ = Client().get("/api/v1/proposals/1/").json()["rounds"][0]
    assert datetime.fromisoformat(round_["deadline_at"]) == until
    assert datetime.fromisoformat(round_["opened_deadline_at"]) == held.deadline_at
    assert [row["kind"] for row in round_["motions"]] == ["extend"]
    assert as_(group[1]).post(f"{path}7/answer/").json()["code"] == "unknown-motion"
    row = Client().get("/api/v1/proposals/").json()["results"][0]
    assert datetime.fromisoformat(row["deadline_at"]) == until


def test_motions_cost_the_page_no_queries(group: list[Member], held: Round) -> None:
    client = as_(group[0])
    counts = []
    for asked in range(3):
        client.get("/proposals/1/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/proposals/1/").status_code == 200
        counts.append(len(queries))
        ask(held, group[asked])
    assert len(set(counts)) == 1


def test_lists_menus_and_the_front_know_the_new_deadline(group: list[Member]) -> None:
    now = database_clock()
    params = {"title": "We say so"}
    made = proposing.propose(kind="resolution", params=params, text="Why.", by=group[0], at=now - 7 * DAY + HOUR)
    until = now + 30 * HOUR
    ask(made.rounds.get(), group[1], until=until)
    # The deadline of the opening has passed: only the hold keeps the round.
    after = now + 2 * HOUR
    assert ballots_waiting(group[2].user, after) == 1  # type: ignore[arg-type]
    assert [item.closes_at for item in for_member(group[2], after)] == [until]
    assert pulse(after).figures[0][1] == "1"
    assert [row.state for row in listing(reader=VISITOR, at=after).open] == ["active"]
    assert ballots_waiting(group[2].user, until) == 0  # type: ignore[arg-type]
    assert pulse(until).figures[0][1] == "0"


def test_the_administration_shows_the_new_deadline(group: list[Member], held: Round) -> None:
    until = held.deadline_at + 20 * DAY
    ask(held, group[0], "extend", until)
    motions.answer(round_id=held.pk, number=1, by=group[1])
    User.objects.filter(pk=group[0].user_id or 0).update(is_staff=True, is_superuser=True)
    admin = as_(User.objects.get(pk=group[0].user_id or 0))
    rows = admin.get(reverse("admin:proposals_round_changelist")).context["cl"].result_list
    assert [row.ends_at for row in rows] == [until]
    assert admin.get(reverse("admin:proposals_round_change", args=[held.pk])).status_code == 200


def test_an_election_says_that_its_leader_does_not_ask(group: list[Member]) -> None:
    now = database_clock()
    made = proposing.propose(kind="election", params={}, text="Why.", by=group[1], at=now - 10 * DAY)
    candidacies.stand(proposal=made, by=group[2], statement="I will.", clock=at(now - 9 * DAY))
    openings.open_pending(proposal=made, by=rounds.SYSTEM, clock=at(now - DAY))
    texts = [page(member) for member in group]
    assert ["Ask for this deadline" in text for text in texts] == [False, True, False]
    assert ["asked for by the member who put the election forward." in text for text in texts] == [True, False, True]
