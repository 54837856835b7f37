"""Nobody but the voter is told anything of a hidden round before its end: everything is read before and after casts."""

import inspect
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import User
from journal import tasks
from members.models import Member
from members.services import memberships
from proposals.models import Ballot, Round
from proposals.rules import receipts
from proposals.selectors import listings, proceedings, signatures, standings, visibility, ways
from proposals.serializers import ballots as shapes
from proposals.services import ballots, proposing, rounds
from tests.cast import Cast, assemble, person
from tests.proposals import electing, prying
from tests.proposals.cast import DAY, HOUR, at, vote
from tests.proposals.prying import Answers, differences
from tests.proposals.secret import hidden

pytestmark = pytest.mark.django_db
# The worker asks the real clock.
AT = datetime.now(UTC)
OPENED = AT - DAY
HTMX: dict[str, Any] = {"headers": {"HX-Request": "true"}}
READING = [listings, proceedings, signatures, visibility, ways]


@pytest.fixture(autouse=True)
def _still(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    prying.stand_still(monkeypatch, AT)


def join(handle: str, *, left_on: date | None = None) -> Member:
    user = person(f"{handle}@cast.example", handle.title())
    member = memberships.join(
        handle=handle, name=handle.title(), user=user, joined_on=date(2026, 1, 2), decided_by="test", by="import", at=AT
    )
    if left_on is not None:
        memberships.declare_exit(member=member, exited_on=left_on, by="import", at=AT)
    return member


@pytest.fixture
def stage() -> Cast:
    """The cast, a member who left and two who vote; a hidden proposal in its second round, and one that is open."""
    cast = assemble(at=AT - 20 * DAY)
    join("dora", left_on=date(2026, 2, 1))
    join("eve")
    _proposal, first = hidden(cast.lin, OPENED - 8 * DAY)
    vote(first, cast.lin, "for", OPENED - 8 * DAY)
    vote(first, cast.bo, "against", OPENED - 8 * DAY + HOUR, reason="Not before we know what it costs.")
    rounds.close_due(clock=at(OPENED - DAY))
    rounds.open_next(proposal=first.proposal, changes="It says what it costs.", by=cast.lin, clock=at(OPENED))
    public = hidden(cast.lin, OPENED, hidden=False, params={"title": "An open one"})[1]
    vote(public, cast.lin, "for", OPENED + HOUR)
    tasks.seal()
    return cast


def running() -> Round:
    return Round.objects.get(hidden=True, outcome=None)


def readers(cast: Cast) -> dict[str, User | None]:
    """Everybody but bo, who votes; eve has a seat and votes too."""
    dora, eve = (User.objects.get(email=f"{name}@cast.example") for name in ("dora", "eve"))
    return {
        "visitor": None, "applicant": cast.noor, "former": dora, "member": cast.user("chen"),
        "leader": cast.user("lin"), "treasurer": cast.mira, "voter": eve,
    }  # fmt: skip


def pry(cast: Cast, paths: Sequence[str] = ()) -> Answers:
    """What everybody reads near the ballots, or at these addresses, once the worker has done what is due."""
    tasks.seal()
    tasks.sweep()
    found = prying.read(readers(cast), paths or prying.near([1]))
    return found if paths else found | prying.read({"treasurer": cast.mira}, prying.administered())


def test_what_everybody_reads_is_the_same_before_and_after_a_cast(stage: Cast) -> None:
    eve = Member.objects.get(handle="eve")
    vote(running(), eve, "against", OPENED + HOUR, reason="Eve says why.")
    before = pry(stage)
    vote(running(), stage.bo, "for", OPENED + 2 * HOUR)
    vote(running(), stage.bo, "against", OPENED + 3 * HOUR, reason="Bo says why.")
    assert differences(before, pry(stage)) == []
    assert Ballot.objects.filter(seat__round=running()).count() == 3
    # The crawl saw something: eve her own words, and only she.
    told = {who for (who, _path), (_status, _headers, body) in before.items() if b"Eve says why." in body}
    assert told == {"voter"}


def no_seal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule that decides who sees a hidden round, switched off."""
    for module in READING:
        if hasattr(module, "is_sealed"):
            monkeypatch.setattr(module, "is_sealed", lambda _held: False)


def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries written at the cast, as of an open round."""
    standing = standings.standing

    def open_standing(**asked: Any) -> Any:
        now, found = standing(**asked)
        object.__setattr__(found, "hidden", False)
        return now, found

    monkeypatch.setattr(standings, "standing", open_standing)


@pytest.mark.parametrize(
    ("switch_off", "tells"),
    [
        (no_seal, [("member", "/proposals/1/"), ("leader", "/api/v1/proposals/1/"), ("member", "/proposals/")]),
        (no_patience, [("visitor", "/journal/"), ("visitor", "/journal/feed/"), ("visitor", "/api/v1/journal/")]),
    ],
)
def test_without_its_guards_the_round_leaks(
    stage: Cast,
    monkeypatch: pytest.MonkeyPatch,
    switch_off: Callable[[pytest.MonkeyPatch], None],
    tells: list[tuple[str, str]],
) -> None:
    switch_off(monkeypatch)
    paths = sorted({path for _who, path in tells})
    before = pry(stage, paths)
    vote(running(), stage.bo, "for", OPENED + 2 * HOUR)
    assert set(tells) <= set(differences(before, pry(stage, paths)))


def own_way(cast: Cast, monkeypatch: pytest.MonkeyPatch, others: Callable[[int], object]) -> list[Any]:
    """Every answer to bo, who votes, changes it over the API, and looks; `others` act meanwhile."""
    monkeypatch.setitem(inspect.unwrap(ballots.cast).__kwdefaults__, "clock", at(AT))
    # Chance is no help to who compares two worlds.
    monkeypatch.setattr(secrets, "token_hex", lambda size: "ab" * size)
    bo, client = cast.user("bo"), Client(raise_request_exception=False)
    client.force_login(bo)
    others(1)
    said = [
        client.post("/proposals/1/ballot/", {"round": running().pk, "choice": "for"}, **more) for more in (HTMX, {})
    ]
    for turn, choice in enumerate(("against", "abstain"), start=2):
        others(turn)
        words = {"round": 2, "choice": choice, "reason": f"In turn {turn}."}
        said.append(client.post("/api/v1/proposals/1/ballots/", words, content_type="application/json"))
    found = [(answer.status_code, answer.get("Location"), prying.OWN.sub(b"", answer.content)) for answer in said]
    assert [status for status, *_rest in found] == [200, 409, 201, 201]
    return [found, prying.read({"bo": bo}, prying.near([1]))]


def in_another_world(act: Callable[[], list[Any]]) -> list[Any]:
    """What it gives, and nothing of it stays."""
    with transaction.atomic():
        given = act()
        transaction.set_rollback(True)
    return given


def test_a_voter_learns_the_same_whatever_the_others_do(stage: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    eve = Member.objects.get(handle="eve")

    def crowd(turn: int) -> None:
        for member, choice in ((eve, "for"), (stage.chen, "against")):
            vote(running(), member, choice if turn % 2 else "abstain", AT, reason="" if choice == "for" else f"{turn}")

    alone = in_another_world(lambda: own_way(stage, monkeypatch, lambda _turn: None))
    assert in_another_world(lambda: own_way(stage, monkeypatch, crowd)) == alone
    # The guard off: number, link and receipt tell.
    monkeypatch.setattr(shapes, "PLACE", ())
    alone = in_another_world(lambda: own_way(stage, monkeypatch, lambda _turn: None))
    assert in_another_world(lambda: own_way(stage, monkeypatch, crowd)) != alone


def test_a_receipt_would_tell_whether_others_have_voted(stage: Cast) -> None:
    """Why the voter does not get it: with the public digest of the round it is tried in a moment."""
    held = running()

    def first(ballot: Ballot) -> bool:
        seat = receipts.seat_text(held.number, "bo")
        tried = (
            receipts.receipt(previous=held.digest, seat=seat, number=number, commitment=ballot.commitment)
            for number in range(1, 100)
        )
        return ballot.receipt in tried

    alone = in_another_world(lambda: [first(vote(held, stage.bo, "for", AT))])
    vote(held, stage.chen, "for", AT)
    assert (alone, first(vote(held, stage.bo, "for", AT))) == ([True], False)


def test_an_election_tells_nothing_either(monkeypatch: pytest.MonkeyPatch) -> None:
    ana, ben, chen, *_others = electing.group(users=True)
    made = proposing.propose(
        kind="election", params={}, text="It is time.", by=ana, at=electing.PUT_FORWARD, hidden=True
    )
    electing.stand(made, ben, chen)
    prying.stand_still(monkeypatch, electing.OPENS + HOUR)
    held = electing.opened(made)
    assert (held.hidden, held.candidates) == (True, ["ben", "chen"])
    tasks.seal()
    who = {"member": chen.user, "leader": ana.user, "visitor": None}
    before = prying.read(who, prying.near([1]))
    electing.vote(held, ben, "chen")
    assert differences(before, prying.read(who, prying.near([1]))) == []
    no_seal(monkeypatch)
    after = prying.read(who, prying.near([1]))
    electing.vote(held, chen, "chen")
    assert ("leader", "/proposals/1/") in differences(after, prying.read(who, prying.near([1])))


@pytest.mark.torture
def test_no_address_at_all_tells_of_a_cast(stage: Cast) -> None:
    every = prying.everything(stage)
    pages, admin = ([path for path in every if path.startswith("/admin/") is inside] for inside in (False, True))

    def pried() -> Answers:
        return pry(stage, pages) | prying.read({"treasurer": stage.mira}, admin)

    before = pried()
    # What is another at every reading, whatever happens: an empty feed has the hour. None of it is near a ballot.
    moving = set(differences(before, pried()))
    assert not [place for place in moving if any(part in place[1] for part in ("propos", "journal", "today", "member"))]
    for hour, choice in enumerate(["for", "against", "abstain"], start=2):
        vote(running(), stage.bo, choice, OPENED + hour * HOUR, reason="" if choice == "for" else f"Word {hour}.")
    assert set(differences(before, pried())) - moving == set()
