"""An insider who alters a dossier and recomputes every digest in it, so that only the head gives it away."""

import copy
import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from accounts.rules.signatures import typed_digest
from charter.rules import thresholds
from journal.hashing import digest
from journal.refusals import Refusal
from proposals.rules.elections import counted
from proposals.rules.receipts import carried_out
from proposals.rules.signatures import rule_digest, typed_ballot
from tests.proposals.keys import OTHER, signed

Json = dict[str, Any]
Path = tuple[Any, ...]


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every value in the file, objects and lists too."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, (*path, key))


def forged(file: Json, chance: random.Random) -> tuple[Json, str]:
    """A copy that is another at a random place, its digests redone, and what was done there."""
    while True:
        found, done = _altered(file, chance)
        # Redoing the digests undoes what was done to one of them: that is no forgery.
        if (whole := resealed(found)) != file:
            return whole, done


def _altered(file: Json, chance: random.Random) -> tuple[Json, str]:
    file = copy.deepcopy(file)
    found = list(places(file))
    while True:
        path = chance.choice(found)
        holder: Any = file
        for step in path[:-1]:
            holder = holder[step]
        if (done := _alter(holder, path[-1], chance)) is not None:
            return file, f"{done} {'.'.join(map(str, path))}"


def _alter(holder: Any, key: Any, chance: random.Random) -> str | None:
    value = holder[key]
    if chance.random() < 0.15:
        return _move(holder, key, chance)
    if isinstance(value, bool):
        holder[key] = not value
    elif isinstance(value, int):
        holder[key] = value + chance.choice((-1, 1, 10))
    elif isinstance(value, str):
        holder[key] = _other(value, chance)
    elif value is None:
        holder[key] = chance.choice((0, "", {}, {"effect": "x", "executed_at": "2026-11-20T12:00:00.000000Z"}))
    else:
        return _move(holder, key, chance)
    return "changed"


def _other(text: str, chance: random.Random) -> str:
    """Another text that looks like it: a digit for a digit."""
    if not text:
        return "0" * 64
    at = chance.randrange(len(text))
    alphabet = "0123456789abcdef" if set(text) <= set("0123456789abcdef") else "0123456789abc -."
    return text[:at] + chance.choice([one for one in alphabet if one != text[at]]) + text[at + 1 :]


def _move(holder: Any, key: Any, chance: random.Random) -> str | None:
    """Takes something out, doubles it, changes its place, or adds something."""
    if isinstance(holder, dict):
        if chance.random() < 0.5:
            del holder[key]
            return "removed"
        holder[f"{key}x"] = holder[key]
        return "added"
    kind = chance.choice(("removed", "doubled", "swapped"))
    if kind == "removed":
        del holder[key]
    elif kind == "doubled":
        holder.insert(key, copy.deepcopy(holder[key]))
    else:
        other = chance.randrange(len(holder))
        if holder[other] == holder[key]:
            return None
        holder[key], holder[other] = holder[other], holder[key]
    return kind


def resealed(file: Json) -> Json:
    """The same file with every digest in it redone, each as far as the alteration lets it."""
    steps: list[Callable[[Json], None]] = [_acts, _chain, _signatures, _execution, _entries, relinked]
    for step in steps:
        try:
            step(file)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, StopIteration, Refusal):
            continue
    return file


def _acts(file: Json) -> None:
    proposal = file["proposal"]
    proposal["acts_digest"] = digest("acts", proposal["acts"])
    for held in file["rounds"]:
        held["acts"], held["round"]["acts"] = proposal["acts"], proposal["acts_digest"]


def _chain(file: Json) -> None:
    link = "0" * 64
    for held in file["rounds"]:
        opening, outcome = held["round"], held["outcome"]
        opening["previous"] = link
        members = {"proposal": opening["proposal"], "round": opening["number"], "members": held["members"]}
        opening["electorate"] = digest("electorate", members)
        link = held["digest"] = digest("round", opening)
        for ballot in held["ballots"]:
            ballot["previous"] = link
            ballot["commitment"] = digest("commitment", {name: ballot[name] for name in ("nonce", "choice", "reason")})
            made = {name: ballot[name] for name in ("previous", "seat", "number", "commitment")}
            link = ballot["receipt"] = digest("receipt", made)
        choices = {ballot["seat"]: ballot["choice"] for ballot in held["ballots"]}
        rule, votes = thresholds.parse(opening["rule"]), Counter(choices.values())
        outcome["tally"] = counted(rule, len(held["members"]), votes, opening["candidates"]).as_json()
        outcome["previous"], outcome["round"] = link, held["digest"]
        link = outcome["digest"] = digest("outcome", {key: outcome[key] for key in outcome if key != "digest"})


def _signatures(file: Json) -> None:
    """Signed again where it no longer fits, with a key of the insider's own."""
    for held in file["rounds"]:
        opening = held["round"]
        for ballot in (ballot for ballot in held["ballots"] if ballot["signature"]):
            made = ballot["signature"]
            message = typed_ballot(
                group=made["group"],
                proposal=opening["proposal"],
                round_number=opening["number"],
                electorate=opening["electorate"],
                rule=rule_digest(rule=opening["rule"], edition=opening["edition"]),
                **{name: ballot[name] for name in ("choice", "reason", "nonce", "receipt")},
            )
            if typed_digest(message) != made["digest"]:
                made["digest"], made["address"] = typed_digest(message), OTHER.address.lower()
                made["signature"] = signed(message, OTHER)


def _execution(file: Json) -> None:
    if file["execution"]:
        done = carried_out(file["proposal"]["acts"], file["rounds"][-1]["outcome"]["tally"])
        file["execution"]["acts"] = digest("acts", done)


def _entries(file: Json) -> None:
    """What the journal says of the proposal, made to say what the file says."""
    rounds = {f"proposal/{file['proposal']['number']}/round/{held['round']['number']}": held for held in file["rounds"]}
    asked: dict[tuple[str, int], Json] = {}
    for entry in file["journal"]["links"]:
        if not isinstance(entry, dict):
            continue
        held, data = rounds.get(entry["subject"], {}), entry["data"]
        if entry["verb"] == "proposal.open":
            data["kind"], entry["at"] = file["proposal"]["kind"], file["proposal"]["proposed_at"]
            data["acts"] = file["proposal"]["acts_digest"]
        elif entry["verb"] == "proposal.execute":
            _say(entry, file["execution"], "executed_at", "effect", "acts")
        elif entry["verb"] in ("round.hold", "round.ask"):
            data["asked_by"] = entry["actor"].removeprefix("member:")
            asked[entry["subject"], data["motion"]] = data
        elif entry["verb"] in ("round.release", "round.extend", "round.cancel"):
            entry["data"] = dict(asked[entry["subject"], data["motion"]])
        elif entry["verb"] == "round.open":
            data["digest"], data["seats"] = held["digest"], len(held["members"])
            entry["at"] = held["round"]["opened_at"]
        elif entry["verb"] == "round.close":
            _say(entry, held["outcome"], "decided_at", "result", "digest")
        elif entry["verb"] in ("ballot.cast", "ballot.sign"):
            _ballot(entry, next(one for one in held["ballots"] if one["number"] == data["number"]), held)


def _ballot(entry: Json, ballot: Json, held: Json) -> None:
    entry["actor"] = f"member:{ballot['seat'].partition('/')[2]}"
    if entry["verb"] == "ballot.sign":
        _say(entry, ballot["signature"], "signed_at", "digest", "address")
        return
    _say(entry, ballot, "cast_at", "receipt")
    if held["round"]["hidden"] is True:
        entry["actor"] = "system:worker"


def _say(entry: Json, part: Json, at: str, *names: str) -> None:
    entry["at"] = part[at]
    entry["data"] |= {name: part[name] for name in names}


def relinked(file: Json) -> None:
    """The links of the journal and the head, over what its entries say."""
    journal = file["journal"]
    link, number = journal["previous"], journal["first"]
    for item in journal["links"]:
        if isinstance(item, dict):
            entry, own = item["entry"], digest("entry", {key: item[key] for key in item if key != "entry"})
        else:
            entry, own = item
        link = digest("seal", {"number": number, "previous": link, "entry": entry, "digest": own})
        number += 1
    journal["head"] = {"number": number - 1, "digest": link}
