"""Decisions of every sort hold for a stranger, and an insider's alterations do not, however well they are sealed."""

import contextlib
import copy
import io
import json
import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from tests.proposals.deciding import SORTS, decided, file_of
from tests.proposals.forging import forged, relinked, resealed
from tests.proposals.strangers import Stranger, loaded, own_head

pytestmark = pytest.mark.django_db
Json = dict[str, Any]
Alter = Callable[[Json], object]
Judge = Callable[[Json, str], bool]


@pytest.fixture
def stranger(tmp_path: Any) -> Stranger:
    return Stranger(tmp_path)


@pytest.fixture(scope="module")
def judge() -> Judge:
    """Whether a file holds against a head, by the script's own functions: as `main` calls them, without a process.

    It refuses with a ValueError, whatever was done to a file; anything else is a fault of the script and no finding.
    """
    script = loaded()

    def holds(file: Json, given: str) -> bool:
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                # As the file would be read: text in JSON.
                content = json.loads(json.dumps(file), object_pairs_hook=script.Part, parse_float=Fraction)
                entries, found = script.replay([content["journal"]])
                script.check_proposal(content, entries)
        except ValueError:
            return False
        return bool(found == given)

    return holds


FILES: dict[str, Json] = {}


def dossier_of(sort: str) -> Json:
    """Each sort is decided once: its file needs no database any more."""
    if sort not in FILES:
        FILES[sort] = file_of(decided(sort))
    return copy.deepcopy(FILES[sort])


SAYS = {
    "admission": ("round 1: objected", "round 2: succeeded", "carried out: 'membership/noor'"),
    "canceled": ("round 1: canceled",),
    "election": ("round 1: rejected", "votes [['ben', 2], ['dora', 2]], elected ben", "carried out: 'term/leader/"),
    "extended": ("round 1: succeeded", "carried out: 'resolution/1', '2027-01-03T16:00:00"),
    "hidden": ("round 1: succeeded",),
    "waited": ("round 1: succeeded", "round 2: rejected"),
}


@pytest.mark.parametrize("sort", sorted(SORTS))
def test_a_decision_holds_against_its_head(stranger: Stranger, sort: str) -> None:
    file = dossier_of(sort)
    status, said = stranger.runs(file, given=own_head(file))
    assert status == 0, said
    for words in SAYS[sort]:
        assert words in said


def forgeries(judge: Judge, sort: str, *, number: int, seed: int) -> tuple[list[str], int]:
    """What passed against the head from elsewhere, and how many of them hold against their own."""
    file, chance = dossier_of(sort), random.Random(f"{sort} {seed}")
    real, missed, passing = own_head(file), [], 0
    for _one in range(number):
        other, what = forged(file, chance)
        if judge(other, real):
            missed.append(what)
        passing += judge(other, own_head(other))
    return missed, passing


@pytest.mark.parametrize("sort", sorted(SORTS))
def test_forgeries_are_found(judge: Judge, sort: str) -> None:
    assert forgeries(judge, sort, number=6, seed=7)[0] == []


@pytest.mark.torture
@pytest.mark.parametrize("sort", sorted(SORTS))
def test_a_thousand_forgeries_are_found(judge: Judge, sort: str) -> None:
    """Six sorts make more than a thousand. Not vacuous: a good part of them is caught by the head alone."""
    missed, passing = forgeries(judge, sort, number=170, seed=20261120)
    assert missed == []
    assert passing >= 20, passing


@pytest.mark.torture
@pytest.mark.parametrize("sort", sorted(SORTS))
def test_the_judge_is_the_script(judge: Judge, stranger: Stranger, sort: str) -> None:
    """Judged in this process as the command judges: no forgery comes to another end."""
    file, chance = dossier_of(sort), random.Random(sort)
    for _one in range(5):
        other, what = forged(file, chance)
        assert judge(other, own_head(other)) == (stranger.runs(other, given=own_head(other))[0] == 0), what


def entry(file: Json, verb: str, place: int = 0) -> Json:
    """What the journal says of this verb, the first time or a later one."""
    return [link for link in file["journal"]["links"] if isinstance(link, dict) and link["verb"] == verb][place]


def opening(file: Json, number: int = 1) -> Json:
    return dict.__getitem__(file["rounds"][number - 1], "round")


def drop(file: Json, verb: str, place: int = 0) -> None:
    file["journal"]["links"].remove(entry(file, verb, place))


def move(file: Json, verb: str, after: str, place: int = 0) -> None:
    """An entry that comes after another one, as if it had been written then."""
    links, one = file["journal"]["links"], entry(file, verb, place)
    links.remove(one)
    links.insert(links.index(entry(file, after)) + 1, one)


def invent(file: Json, verb: str, **changes: Any) -> None:
    """One more entry beside the first of its verb."""
    one = entry(file, verb)
    made = one | {"entry": 999, "data": one["data"] | changes.pop("data", {})} | changes
    file["journal"]["links"].insert(file["journal"]["links"].index(one) + 1, made)


def swap_candidates(file: Json) -> None:
    for one in (1, 2):
        opening(file, one)["candidates"].reverse()


def other_tie(file: Json) -> None:
    """The order that breaks the tie, with the acts in it as well."""
    opening(file)["candidates"].sort(reverse=True)
    opening(file, 2)["candidates"].reverse()
    file["proposal"]["acts"].reverse()


def third(file: Json) -> None:
    opening(file, 2)["candidates"] = ["ben", "chen", "dora"]


def own_rule(file: Json) -> None:
    opening(file, 2)["rule"] = opening(file)["rule"]


def other_act(file: Json) -> None:
    """Another one is seated than who was elected."""
    acts = file["proposal"]["acts"]
    acts[[act["params"]["handle"] for act in acts].index("ben")]["params"]["handle"] = "eve"
    file["execution"]["effect"] = "term/leader/2026-12-07"


def stranger_elected(file: Json) -> None:
    file["rounds"][1]["ballots"][0]["choice"] = "for:emil"


def beyond(file: Json) -> None:
    file["execution"]["executed_at"] = file["rounds"][-1]["outcome"]["expires_at"]


def before(file: Json) -> None:
    file["execution"]["executed_at"] = file["rounds"][-1]["outcome"]["decided_at"]


def longer(file: Json) -> None:
    file["rounds"][-1]["outcome"]["expires_at"] = "2027-03-01T00:00:00.000000Z"


def another_day(file: Json) -> None:
    file["rounds"][-1]["outcome"]["execute_at"] = "2026-12-20T00:00:00.000000Z"
    file["rounds"][-1]["outcome"]["expires_at"] = "2027-01-19T00:00:00.000000Z"


def one_hand(file: Json) -> None:
    """The extension is seconded by who asked for it."""
    entry(file, "round.extend")["actor"] = entry(file, "round.ask")["actor"]


def too_late(file: Json) -> None:
    entry(file, "round.extend")["at"] = opening(file)["deadline_at"]


def kept(file: Json) -> None:
    """A hold that was released is not."""
    drop(file, "round.release")


def late_vote(file: Json) -> None:
    """Cast just after the round had been decided."""
    late = file["rounds"][-1]["outcome"]["decided_at"].replace("0Z", "1Z")
    file["rounds"][-1]["ballots"][-1]["cast_at"] = late


def never_hidden(file: Json) -> None:
    """It says that everybody could read the ballots."""
    opening(file)["hidden"] = False


def early_nonce(file: Json) -> None:
    """A ballot under another nonce, with everything after it made to fit."""
    file["rounds"][0]["ballots"][0]["nonce"] = "0" * 32


def another_deadline(file: Json) -> None:
    """The last extension led to a later day than was asked for."""
    for one in (entry(file, "round.ask", 1), entry(file, "round.extend", 1)):
        one["data"]["until_at"] = "2026-11-24T12:00:00.000000Z"


def other_deputy(file: Json) -> None:
    entry(file, "proposal.stand")["data"]["deputy"] = "emil"


CANNOT_BE = [
    ("election", swap_candidates, "candidates is not"),
    ("election", third, "no run-off of two"),
    ("election", own_rule, "no run-off of two"),
    ("election", other_act, "does not stand"),
    ("election", stranger_elected, "no choice of its round"),
    ("election", beyond, "carried out what had not passed, or out of time"),
    ("election", lambda file: drop(file, "proposal.stand", 1), "does not stand"),
    ("election", lambda file: drop(file, "proposal.unrecuse"), "members is not"),
    ("election", lambda file: move(file, "proposal.recuse", "round.open"), "'motion'"),
    ("election", lambda file: move(file, "proposal.step_down", "round.close"), "out of its place"),
    ("extended", before, "carried out what had not passed, or out of time"),
    ("extended", longer, "not for 30 days"),
    ("extended", another_day, "carried out from another time on"),
    ("extended", one_hand, "by the wrong member"),
    ("extended", too_late, "after the end"),
    ("extended", lambda file: drop(file, "round.extend"), "after the end"),
    ("extended", lambda file: drop(file, "round.ask"), "not what was asked"),
    ("extended", lambda file: drop(file, "round.hold"), "cast out of time"),
    ("extended", lambda file: move(file, "round.extend", "round.close", 1), "after the end"),
    ("extended", lambda file: invent(file, "round.extend", data={"until_at": "2027-02-01T00:00:00.000000Z"}), "extend"),
    ("extended", lambda file: invent(file, "round.hold"), "'hold'"),
    ("extended", lambda file: entry(file, "round.hold").update(actor="member:eve"), "without a seat"),
    ("admission", kept, "is not what rule, ballots and time give"),
    ("extended", late_vote, "cast out of time"),
    ("admission", lambda file: entry(file, "round.release").update(actor="member:ben"), "by the wrong member"),
    ("canceled", lambda file: file.update(execution={}), "does not tell all"),
    ("canceled", lambda file: file["rounds"][0].update(ballots={}), "opened too soon"),
    ("canceled", lambda file: drop(file, "round.cancel"), "'canceled' is not what"),
    ("canceled", lambda file: entry(file, "round.cancel").update(actor="member:ana"), "by the wrong member"),
    ("canceled", lambda file: file["rounds"][0]["outcome"].update(result="rejected"), "'rejected' is not what"),
    ("hidden", lambda file: invent(file, "ballot.sign"), "does not tell all"),
    ("hidden", lambda file: drop(file, "ballot.sign"), "does not know its signature"),
    ("waited", lambda file: entry(file, "proposal.recuse").update(actor="member:ana"), "members is not"),
    ("waited", lambda file: opening(file, 2).update(opened_at="2026-12-01T00:00:00.000000Z"), "opened too soon"),
]


@pytest.mark.parametrize(("sort", "alter", "says"), CANNOT_BE)
def test_what_cannot_be_is_found_without_any_head(stranger: Stranger, sort: str, alter: Alter, says: str) -> None:
    file = dossier_of(sort)
    alter(file)
    resealed(file)
    status, said = stranger.runs(file, given=own_head(file))
    assert (status, says in said) == (1, True), said


def test_a_hidden_ballot_in_its_voters_own_entry_is_found(stranger: Stranger) -> None:
    """As if it had been told while the round ran: the forger's own entries say so, and the script does not take it."""
    file = dossier_of("hidden")
    made = resealed(file)
    entry(made, "ballot.cast")["actor"] = "member:ana"
    relinked(made)
    status, said = stranger.runs(made, given=own_head(made))
    assert (status, "actor is not 'system:worker'" in said) == (1, True), said


HEAD_ALONE = [
    ("election", other_tie),
    ("election", other_deputy),
    ("extended", another_deadline),
    ("hidden", never_hidden),
    ("hidden", early_nonce),
    ("waited", early_nonce),
]


@pytest.mark.parametrize(("sort", "alter"), HEAD_ALONE)
def test_what_could_have_been_is_found_by_the_head(stranger: Stranger, sort: str, alter: Alter) -> None:
    """An insider who makes everything fit tells a story that holds in itself: not against a head that somebody kept."""
    file = dossier_of(sort)
    real = own_head(file)
    alter(file)
    resealed(file)
    assert stranger.runs(file, given=own_head(file))[0] == 0
    status, said = stranger.runs(file, given=real)
    assert (status, "this leads to the head" in said) == (1, True), said
