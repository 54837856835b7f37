"""The script that checks a decision without this program, run as a stranger runs it."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from journal.models import Seal
from journal.selectors import head, segment
from journal.services import entries, sealing
from proposals.models import Proposal
from proposals.selectors.dossiers import dossier
from proposals.services import execution, proposing, rounds
from tests.proposals.cast import AFTER_A_DAY, DEADLINE, HOUR, NOW, at, found, opened, vote
from tests.proposals.deciding import file_of, noise, sign
from tests.proposals.forging import resealed
from tests.proposals.strangers import SCRIPT, Stranger, own_head

pytestmark = pytest.mark.django_db


@pytest.fixture
def stranger(tmp_path: Path) -> Stranger:
    return Stranger(tmp_path)


def decided() -> Proposal:
    """An admission over two rounds: an objection, a change of mind, a signature, then everybody, and carried out."""
    ana, ben, chen = found(users=True)
    noise()
    proposal, first = opened(ana)
    vote(first, ana)
    noise()
    vote(first, ben, "object")
    vote(first, chen, moment=NOW + 2 * HOUR)
    second = rounds.open_next(proposal=proposal, changes="A year of the project.", by=ana, clock=at(NOW + 3 * HOUR))
    for place, member in enumerate((ben, ana, chen)):
        ballot = vote(second, member, moment=AFTER_A_DAY + (4 + place) * HOUR)
        if member == ben:
            sign(ballot, ben, HOUR / 2)
    execution.execute(proposal=proposal, by=ana, clock=at(AFTER_A_DAY + 8 * HOUR))
    noise(3)
    sealing.seal()
    proposal.refresh_from_db()
    return proposal


def test_a_decision_holds_against_its_head(stranger: Stranger) -> None:
    file = file_of(decided())
    status, said = stranger.runs(file, given=head().digest)
    assert status == 0, said
    assert "round 1: objected: rule share>=1 of=all" in said
    assert "in_favour 3, against 0" in said
    assert "succeeded" in said
    assert "carried out: 'member" in said
    assert "It does not prove" in said
    assert [ballot["signature"] is not None for ballot in file["rounds"][1]["ballots"]] == [True, False, False]


def test_what_was_refused_stays_a_digest(stranger: Stranger) -> None:
    """An opening and an execution that did nothing are in no file in full, and keep none from holding."""
    ana, ben, chen = found()
    proposal, first = opened(ana)
    refused(proposal, "proposal.opening_refused")
    vote(first, ben, "object")
    second = rounds.open_next(proposal=proposal, changes="More.", by=ana, clock=at(NOW + 3 * HOUR))
    for member in (ana, ben, chen):
        refused(proposal, "proposal.opening_refused")
        vote(second, member, moment=AFTER_A_DAY + 4 * HOUR)
    refused(proposal, "proposal.execution_failed")
    execution.execute(proposal=proposal, by=ana, clock=at(AFTER_A_DAY + 8 * HOUR))
    refused(proposal, "proposal.execution_failed")
    sealing.seal()
    file = file_of(proposal)
    told = {link["verb"] for link in file["journal"]["links"] if isinstance(link, dict)}
    assert told == {"proposal.open", "round.open", "ballot.cast", "round.close", "proposal.execute"}
    status, said = stranger.runs(file, given=own_head(file))
    assert status == 0, said


def refused(proposal: Proposal, verb: str) -> None:
    """What the journal has of something that was refused."""
    entries.append(
        actor=rounds.SYSTEM, verb=verb, subject=f"proposal/{proposal.number}", data={"error": "not-member"}, at=NOW
    )


def test_a_rule_that_counts_holds_too(stranger: Stranger) -> None:
    ana, ben, _chen, dan = found(("ana", "ben", "chen", "dan"))
    proposal = proposing.propose(kind="removal", params={"handle": "chen"}, text="Gone for a year.", by=ana, at=NOW)
    held = proposal.rounds.get()
    for member, choice in ((ana, "for"), (ben, "against"), (dan, "for")):
        vote(held, member, choice)
    assert [one.result for one in rounds.close_due(clock=at(DEADLINE))] == ["succeeded"]
    sealing.seal()
    file = file_of(proposal)
    assert file["rounds"][0]["members"] == ["ana", "ben", "dan"]
    status, said = stranger.runs(file, given=head().digest)
    assert (status, "figure 2, needed 2, passes True" in said) == (0, True), said
    file["rounds"][0]["ballots"][2]["choice"] = "abstain"
    status, said = stranger.runs(resealed(file), given=own_head(file))
    assert (status, "'succeeded' is not what rule, ballots and time give" in said) == (1, True), said


def _result(file: dict[str, Any]) -> None:
    file["rounds"][0]["outcome"]["result"] = "succeeded"


def _vote(file: dict[str, Any]) -> None:
    file["rounds"][1]["ballots"][2]["choice"] = "withdrawn"


def _late(file: dict[str, Any]) -> None:
    file["rounds"][1]["ballots"][2]["cast_at"] = file["rounds"][1]["round"]["deadline_at"]


def _early(file: dict[str, Any]) -> None:
    file["rounds"][1]["round"]["earliest_end_at"] = file["rounds"][1]["round"]["deadline_at"]


def _unpassed(file: dict[str, Any]) -> None:
    file["rounds"].pop()


def _stranger(file: dict[str, Any]) -> None:
    file["rounds"][0]["ballots"][0]["seat"] = "1/eve"


def _signature(file: dict[str, Any]) -> None:
    file["rounds"][1]["ballots"][0]["signature"]["address"] = "0x" + "ab" * 20


def _second_hand(file: dict[str, Any]) -> None:
    file["rounds"][1]["ballots"][0]["signature"]["signature"] = "0x" + "11" * 64 + "1b"


def _rule(file: dict[str, Any]) -> None:
    file["rounds"][0]["round"]["rule"] = "share>=2/3 of=all against=0 abstain=0 turnout>=0 everybody=no"


def _float(file: dict[str, Any]) -> None:
    file["proposal"]["number"] = 1.0


def _spoof(file: dict[str, Any]) -> None:
    file["rounds"][0]["outcome"]["result"] = "\nHOLDS against the head\x1b[2J"


def _nothing(file: dict[str, Any]) -> None:
    file["rounds"], file["execution"] = [], None


@pytest.mark.parametrize(
    ("alter", "says"),
    [
        (_result, "'succeeded' is not what rule, ballots and time give"),
        (_vote, "'succeeded' is not what rule, ballots and time give"),
        (_early, "'succeeded' is not what rule, ballots and time give"),
        (_late, "cast out of time"),
        (_unpassed, "round 2, or its end, is missing"),
        (_stranger, "ballot 1: no seat"),
        (_signature, "address is not"),
        (_second_hand, "a signature is none"),
        (_rule, "no choice of its round"),
        (_spoof, r"'\\nHOLDS against the head\\x1b[2J' is not what"),
        (_nothing, "round 1, or its end, is missing"),
        (_float, "Object of type Fraction is not JSON serializable"),
    ],
)
def test_what_cannot_be_is_found_without_any_head(stranger: Stranger, alter: Any, says: str) -> None:
    file = file_of(decided())
    alter(file)
    resealed(file)
    status, said = stranger.runs(file, given=own_head(file))
    assert (status, says in said) == (1, True), said


def test_the_script_is_short_and_is_called_with_a_head(stranger: Stranger) -> None:
    assert len(SCRIPT.read_text().splitlines()) <= 300
    without = subprocess.run([sys.executable, "-I", "-S", str(SCRIPT), "x.json"], capture_output=True, check=False)
    assert without.returncode == 2
    assert stranger.runs({}, given="0" * 64)[0] == 1


def test_a_head_from_before_the_decision_says_nothing_of_it(stranger: Stranger) -> None:
    file = file_of(decided())
    first = segment(after=0, until=3)["head"]["digest"]
    status, said = stranger.runs(file, given=first)
    assert (status, "?until=NUMBER makes it end with yours" in said) == (1, True), said


def test_a_file_ends_with_the_head_that_somebody_kept(stranger: Stranger) -> None:
    proposal = decided()
    for one in list(Seal.objects.order_by("number"))[-8:]:
        file = Client().get(f"/proposals/{proposal.number}/dossier.json?until={one.number}").json()
        assert file["journal"]["head"] == {"number": one.number, "digest": one.digest}
        assert stranger.runs(file, given=one.digest)[0] == 0
    assert len(file["rounds"]) == 2
    for wrong in ("x", "-1", "9" * 30, str(head().number + 1), "1"):
        assert Client().get(f"/proposals/1/dossier.json?until={wrong}").status_code == 404


def test_later_heads_are_reached_by_more_links(stranger: Stranger, monkeypatch: pytest.MonkeyPatch) -> None:
    proposal = decided()
    noise(12)
    sealing.seal()
    monkeypatch.setattr("proposals.selectors.dossiers.LINKS_MOST", 2)
    monkeypatch.setattr("journal.api.LINKS_MOST", 5)
    file = file_of(proposal)
    pages, last = [], file["journal"]["head"]["number"]
    assert last < head().number
    while last < head().number:
        pages.append(Client().get(f"/api/v1/journal/links/?after={last}").json())
        last = pages[-1]["head"]["number"]
    assert len(pages) > 1
    status, said = stranger.runs(file, *pages, given=f"{head().number}:{head().digest}")
    assert status == 0, said
    assert stranger.runs(file, *pages[1:], given=head().digest)[0] == 1
    last = file["journal"]["head"]["number"]
    some = Client().get(f"/api/v1/journal/links/?after={last}&until={last + 3}").json()
    kept = Seal.objects.get(number=last + 3)
    assert stranger.runs(file, some, given=kept.digest)[0] == 0
    assert stranger.runs(file, some, given=head().digest)[0] == 1
    assert Client().get(f"/api/v1/journal/links/?after={head().number + 1}").json()["code"] == "unknown-link"


def test_a_round_that_runs_is_not_in_the_file() -> None:
    ana, ben, _chen = found(users=True)
    proposal, first = opened(ana)
    vote(first, ben, "object")
    sealing.seal()
    assert dossier(1) is None
    assert Client().get("/proposals/1/dossier.json").status_code == 404
    rounds.close_due(clock=at(DEADLINE))
    assert dossier(1) is None, "the end waits for its seal"
    sealing.seal()
    rounds.open_next(proposal=proposal, changes="More.", by=ana, clock=at(DEADLINE + HOUR))
    vote(proposal.rounds.get(number=2), ben, moment=DEADLINE + 2 * HOUR)
    sealing.seal()
    answer = Client().get("/proposals/1/dossier.json")
    file = answer.json()
    assert answer["Cache-Control"] == "public, max-age=60"
    assert [held["outcome"]["result"] for held in file["rounds"]] == ["objected"]
    told = [link for link in file["journal"]["links"] if isinstance(link, dict)]
    assert [link["verb"] for link in told] == ["proposal.open", "round.open", "ballot.cast", "round.close"]
    assert (file["execution"], file["journal"]["head"]["number"]) == (None, head().number)
    assert Client().get("/api/v1/proposals/1/dossier/").json() == file
    assert Client().get("/api/v1/proposals/2/dossier/").status_code == 404


def test_an_unsealed_execution_and_signature_wait(stranger: Stranger) -> None:
    ana, ben, chen = found(users=True)
    proposal, held = opened(ana)
    for member in (ana, ben, chen):
        ballot = vote(held, member, moment=AFTER_A_DAY + HOUR)
    sealing.seal()
    sign(ballot, chen, HOUR / 2)
    execution.execute(proposal=proposal, by=ana, clock=at(AFTER_A_DAY + 2 * HOUR))
    early = dossier(1)
    assert early is not None
    assert (early["execution"], early["rounds"][0]["ballots"][2]["signature"]) == (None, None)
    assert stranger.runs(early, given=head().digest)[0] == 0
    sealing.seal()
    late = file_of(proposal)
    assert late["execution"] is not None
    assert late["rounds"][0]["ballots"][2]["signature"] is not None
    assert stranger.runs(late, given=head().digest)[0] == 0


@pytest.mark.parametrize("number", [1, 3, 9])
def test_the_file_takes_the_same_queries_whatever_it_holds(
    number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ana, ben, _chen = found()
    proposal, _first = opened(ana)
    for place in range(number):
        held = proposal.rounds.get(number=place + 1)
        vote(held, ben, "object", moment=NOW + (2 * place + 1) * HOUR)
        rounds.open_next(proposal=proposal, changes="More.", by=ana, clock=at(NOW + (2 * place + 2) * HOUR))
    sealing.seal()
    with django_assert_num_queries(9):
        content = dossier(1)
    assert content is not None
    assert len(content["rounds"]) == number


def test_the_script_is_served_as_it_is() -> None:
    answer = Client().get("/verify.py")
    assert (answer.status_code, answer.content) == (200, SCRIPT.read_bytes())
    assert answer["Content-Type"].startswith("text/x-python")
