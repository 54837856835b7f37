"""The pages of what waits: drafting for a later moment, the announced proposal, recusal, what waits for its day."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from charter import selectors as charter
from journal.clock import database_clock
from members.models import Member
from members.services import leaves, memberships
from proposals.models import Declaration, Proposal, Round
from proposals.services import openings, proposing, recusals, rounds
from tests.proposals.cast import DAY, HOUR, at, found, vote

pytestmark = pytest.mark.django_db
TITLE = {"title": "The DAO should keep its own index"}


@pytest.fixture
def group() -> list[Member]:
    return found(users=True)


def as_(member: Member | None) -> Client:
    client = Client()
    if member is not None:
        assert member.user is not None
        client.force_login(member.user)
    return client


def page(member: Member | None, path: str = "/proposals/1/", status: int = 200) -> str:
    answer = as_(member).get(path)
    assert answer.status_code == status
    return answer.content.decode().replace("\u00a0", " ")


def announce(by: Member, days: int = 3, **more: Any) -> Proposal:
    now = database_clock()
    told: dict[str, Any] = {"kind": "resolution", "params": TITLE, "text": "Because.", "opens_at": now + days * DAY}
    return proposing.propose(by=by, at=now, **(told | more))


def send(member: Member, button: str, **more: str) -> Any:
    return as_(member).post("/proposals/new/resolution/", TITLE | {"text": "Because.", button: "1"} | more)


def test_a_draft_is_announced_for_a_day_and_an_hour(group: list[Member]) -> None:
    day = (database_clock() + 3 * DAY).date()
    typed = {"opens_on": day.isoformat(), "opens_hour": "9", "execute_on": (day + 30 * DAY).isoformat()}
    shown = send(group[1], "preview", **typed).content.decode()
    assert "It can open" in shown
    assert "Put it forward" in shown
    assert "at once, when you put it forward" not in shown
    opened = send(group[1], "open", **typed)
    assert opened.status_code == 302
    proposal = Proposal.objects.get()
    assert proposal.opens_at is not None
    assert proposal.opens_at.astimezone(charter.timeline().terms_on(day).time_zone).hour == 9
    assert (proposal.rounds.count(), proposal.execute_on) == (0, day + 30 * DAY)
    assert "Not open yet" in page(group[2])


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"opens_on": "soon"}, "Write the day like 2026-12-01."),
        ({"opens_on": "2026-01-01"}, "Name a later moment for the opening"),
        ({"opens_on": "2099-01-01"}, "Let it open within 30 days."),
        ({"execute_on": "2026-01-01"}, "Name today or a later day, or leave it empty."),
        ({"execute_on": "2099-01-01"}, "Name a day within a year."),
    ],
)
def test_what_cannot_be_planned_stands_at_its_field(group: list[Member], typed: dict[str, str], says: str) -> None:
    for button in ("preview", "open"):
        assert says in send(group[1], button, **typed).content.decode()
    assert Proposal.objects.count() == 0


def test_a_draft_says_who_votes_and_when(group: list[Member]) -> None:
    today = charter.today(database_clock())
    leaves.declare(member=group[2], first_on=today, last_on=today + 2 * DAY, by=group[2], at=database_clock())
    shown = send(group[1], "preview").content.decode().replace("\u00a0", " ")
    assert "2 members" in shown
    # The button promises neither: it opens at once or is announced by the day that is sent with it.
    assert "Put it forward" in shown
    assert "Opens</dt><dd>at once, when you put it forward" in shown
    assert "On leave" in shown
    assert "The whole 7 days: it ends at its deadline" in shown
    assert "24 hours at least" in send(group[1], "preview", final_ballots="on").content.decode().replace("\u00a0", " ")


def test_the_page_of_what_waits_for_each_reader(group: list[Member]) -> None:
    announce(group[1], hidden=False)
    for who in (None, group[0], group[1], group[2]):
        text = page(who)
        assert "It opens by itself" in text
        assert "Because." in text
        assert ("Recuse myself" in text) is (who is not None)
        assert ("Take the proposal back" in text) is (who in (group[0], group[1]))
    assert "Announced" in page(group[2], "/proposals/")
    assert "The DAO should keep its own index" in page(None, "/proposals/")
    for path in ("verdict/", "ballots/", "dossier.json"):
        page(group[1], f"/proposals/1/{path}", 404)


def test_what_is_the_members_stays_theirs_before_it_opens(group: list[Member]) -> None:
    announce(group[0], kind="removal", params={"handle": "chen"})
    as_(group[1]).post("/proposals/1/recusal/", {"reason": "We share a flat."})
    assert ("Because." in page(None), "We share a flat." in page(None)) == (False, False)
    assert ("Because." in page(group[1]), "We share a flat." in page(group[1])) == (True, True)
    assert "It is about them" in page(group[1])
    # Who has no seat anyway is not asked to give it up.
    assert ("Recuse myself" in page(group[2]), "Recuse myself" in page(group[0])) == (False, True)


@pytest.mark.parametrize("kind", ["removal", "resolution"])
def test_who_has_no_seat_is_told_to_the_same_readers_before_and_after_the_opening(
    group: list[Member], kind: str
) -> None:
    params = {"handle": "chen"} if kind == "removal" else TITLE
    proposal = announce(group[0], kind=kind, params=params)
    recusals.recuse(proposal=proposal, by=group[1], reason="We share a flat.")
    for member in (None, group[0]):
        shown, told = page(member), member is not None or kind == "resolution"
        assert ("Recused themself" in shown, "Ben Okoro takes no part" in shown) == (told, told)
        assert ("We share a flat." in shown) is (member is not None)
        said = as_(member).get("/api/v1/proposals/1/").json()["pending"]["absent"]
        assert ("ben" in {item["member"] for item in said}) is told
    assert proposal.opens_at is not None
    openings.open_pending(proposal=proposal, by=rounds.SYSTEM, clock=at(proposal.opens_at))
    for member in (None, group[0]):
        told = member is not None or kind == "resolution"
        assert ("Ben Okoro (Recused themself)" in page(member)) is told


def test_what_is_due_and_cannot_open_does_not_say_when_it_opens(group: list[Member]) -> None:
    announce(group[1])
    now, other = database_clock(), {"title": "Another one"}
    proposing.propose(kind="resolution", params=other, text="x", by=group[1], at=now - DAY, opens_at=now - HOUR)
    listed = page(None, "/proposals/")
    assert listed.count("Resolution · opens ") == 1
    assert listed.count("Resolution · due to open, was announced for ") == 1


def test_what_is_wrong_with_a_choice_is_tied_to_it(group: list[Member]) -> None:
    sent = send(group[1], "open", hidden="on", final_ballots="on").content.decode()
    (box,) = re.findall(r'<input type="checkbox" name="hidden"[^>]*>', sent)
    assert 'aria-describedby="id_hidden_helptext id_hidden_error"' in box
    assert 'aria-invalid="true"' in box
    assert 'id="id_hidden_error"' in sent
    assert 'id="id_hidden_helptext"' in sent


def test_a_member_takes_no_part_and_takes_part_again(group: list[Member]) -> None:
    announce(group[1])
    client = as_(group[2])
    empty = client.post("/proposals/1/recusal/", {"reason": " "})
    assert (empty.status_code, "Say why you take no part" in empty.content.decode()) == (422, True)
    assert '<a href="#id_recusal_reason">' in empty.content.decode()
    assert client.post("/proposals/1/recusal/", {"reason": "My own."}).status_code == 302
    text = page(group[2])
    assert "You take no part" in text
    assert "2 members would have a seat." in text
    assert "Recused themself" in page(group[0])
    assert client.post("/proposals/1/recusal/", {"take_part": "1"}).status_code == 302
    assert "Recuse myself" in page(group[2])
    assert [row.stands for row in Declaration.objects.order_by("seq")] == [True, False]


def test_it_is_taken_back_on_its_page(group: list[Member]) -> None:
    proposal = announce(group[1])
    assert as_(group[2]).post("/proposals/1/withdrawal/").status_code == 403
    assert as_(group[1]).post("/proposals/1/withdrawal/").status_code == 302
    proposal.refresh_from_db()
    assert proposal.taken_back_at is not None
    text = page(group[2])
    assert "before anybody voted" in text
    assert "Recuse myself" not in text
    assert "Taken back" in page(None, "/proposals/")
    assert as_(group[1]).post("/proposals/1/withdrawal/").status_code == 409


def test_why_it_cannot_open_stands_on_the_page(group: list[Member]) -> None:
    proposal = announce(group[0], kind="removal", params={"handle": "chen"})
    now = database_clock()
    memberships.declare_exit(member=group[2], exited_on=charter.today(now), by=group[2], at=now)
    assert "If it opened as things are now:" in page(group[1])
    assert proposal.opens_at is not None
    late = openings.open_due(clock=at(proposal.opens_at))
    assert (late, Round.objects.count()) == ([], 0)


@pytest.mark.parametrize("rows", [0, 1, 5])
def test_the_page_costs_the_same(group: list[Member], rows: int) -> None:
    proposal = announce(group[1])
    for number in range(rows):
        joined = memberships.join(
            handle=f"m{number}", name="M", joined_on=database_clock().date(), decided_by="x", by="import",
            at=database_clock(),
        )  # fmt: skip
        recusals.recuse(proposal=proposal, by=joined, reason="Mine.")
    client = as_(group[2])
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/proposals/1/").status_code == 200
    assert len([query for query in asked if '"cache"' not in query["sql"]]) == 36


def passed(group: list[Member], execute_on: Any) -> Proposal:
    now = database_clock()
    proposal = proposing.propose(
        kind="resolution", params=TITLE, text="Because.", by=group[1], at=now - 8 * DAY, execute_on=execute_on
    )
    for member in group:
        vote(proposal.rounds.get(), member, moment=now - 2 * DAY)
    rounds.close_due(clock=at(now - HOUR))
    return proposal


def test_what_waits_for_its_day_says_so(group: list[Member]) -> None:
    day = (database_clock() + 10 * DAY).date()
    passed(group, day)
    text = page(group[0])
    assert "It has passed and waits for its day" in text
    assert "Carry it out now" not in text
    refused = as_(group[0]).post("/proposals/1/execution/")
    assert (refused.status_code, "waits for its day" in refused.content.decode()) == (409, True)
    assert "Passed, waits for its day" in page(group[0], "/proposals/")


def test_the_next_round_has_other_words_and_marks_them(group: list[Member]) -> None:
    now = database_clock()
    proposal = proposing.propose(
        kind="resolution", params=TITLE, text="It costs little.", by=group[1], at=now - 8 * DAY
    )
    rounds.close_due(clock=at(now - timedelta(seconds=5)))
    assert "It costs little.</textarea>" in page(group[2]).replace("\n", "")
    client = as_(group[2])
    empty = client.post("/proposals/1/rounds/", {"changes": "The cost.", "text": " "})
    assert (empty.status_code, "Say why" in empty.content.decode()) == (422, True)
    sent = {"changes": "The cost is named.", "text": "It costs 40 a month."}
    assert client.post("/proposals/1/rounds/", sent).status_code == 302
    for who in (group[0], None):
        text = page(who)
        assert "The cost is named." in text
        assert '<del><span class="sr">removed: </span>little</del>' in text
        assert "40 a month" in text
    following = proposal.rounds.get(number=2)
    assert following.wording.content["text"] == "It costs 40 a month."
    assert Proposal.objects.get().acts == proposal.acts
