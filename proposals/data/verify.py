#!/usr/bin/env python3
"""Checks the dossier of a decision without the program that made it, with Python's standard library alone.

    python3 -I -S verify.py dossier.json [more.json …] --head HASH

HASH is a head of the group's journal that you have from somewhere else than the file: a feed reader, a member, your
notes. With ?until=NUMBER the file ends with that head; /api/v1/journal/links/?after=NUMBER&until=NUMBER gives `more`.
Exit status: 0 it holds, 1 it does not, 2 wrongly called.

If the head is right, this proves: all of the file was in the journal when the head was published; no ballot of these
rounds was added, left out or changed; rule and candidates were fixed before the first ballot, each outcome is their
arithmetic; a deadline moved only as members asked before it, two where it takes two; what was carried out is what was
voted on, after it had passed and in its time; each signature shown is that of its address.
It does not prove: that the head is right; that a ballot is its member's own will (find your receipt), whose an address
is; that these were the members and the charter's rule that day; why an application ended or a candidate was passed
over; that nobody looked into a hidden round; that nothing came later; that other links are of other things.
"""

# fmt: off
import hashlib
import json
import re
import sys
import unicodedata
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

Json = dict[str, Any]
COMMITMENT, RECEIPT = "nonce choice reason", "previous seat number commitment"
OUTCOME = "previous round result tally decided_at execute_at expires_at"
OPENING = "previous proposal number acts rule edition electorate wording opened_at earliest_end_at deadline_at"
OPENING += " final_ballots candidates hidden execute_on"
BALLOT = f"{COMMITMENT} {RECEIPT} seq receipt cast_at signature"
def demand(holds: object, text: str) -> None:
    if not holds:
        raise ValueError(text)
def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
def digest(domain: str, value: Any, names: str = "") -> str:
    """SHA-256 over the name of the domain, a line feed and canonical JSON: of the value, or of these fields of it."""
    value = {name: value[name] for name in names.split()} if names else value
    return hashlib.sha256(f"expertgroup/{domain}/v1\n".encode() + canonical(value)).hexdigest()
def exact(value: Json, names: str, what: str, **wanted: Any) -> None:
    """It has these fields and no others, and some of them are as wanted (as JSON: to Python `True == 1`)."""
    demand(isinstance(value, dict) and set(value) == set(names.split()), f"{what} has other fields than {names}")
    for name, one in wanted.items():
        demand(canonical(value[name]) == canonical(one), f"{what}: {name} is not {one!a}")
def says(item: Json, verb: str, subject: str, at: str, who: str = "", **data: Any) -> None:
    """An entry of the journal says the same as the file."""
    name = f"journal entry {item['entry']!a}"
    exact(item, "entry actor verb subject data at", name, verb=verb, subject=subject, at=at, actor=who or item["actor"])
    exact(item["data"], " ".join(item["data"]), name, **data)
class Part(Json):
    """A JSON object without doubled keys; whoever asks it for what it does not have is told so."""
    def __init__(self, found: list[tuple[str, Any]]) -> None:
        super().__init__(found)
        demand(len(self) == len(found), "a key stands twice in one object")
    def __missing__(self, name: str) -> None:
        demand(False, f"{name!a} is missing")
def load(path: str) -> Json:
    """A JSON object without numbers that are not whole, or text that is not in normal form C."""
    value: Json = json.loads(Path(path).read_text("utf-8"), object_pairs_hook=Part, parse_float=Fraction)
    demand(unicodedata.is_normalized("NFC", canonical(value).decode()), f"{path} has text that is not in form C")
    return value

# The journal: docs/journal.md
def replay(parts: list[Json]) -> tuple[list[Json], str]:
    """Every link from the first to the last: the entries that stand in full, and the last link."""
    at, link = parts[0]["first"], str(parts[0]["previous"])
    for part in parts:
        exact(part, "first previous links head", "a part of the journal", first=at, previous=link)
        for item in part["links"]:
            whole = " ".join(item.keys() - {"entry"}) if isinstance(item, dict) else ""
            row, content = (item["entry"], digest("entry", item, whole)) if whole else item
            link, at = digest("seal", {"number": at, "previous": link, "entry": row, "digest": content}), at + 1
        exact(part["head"], "number digest", "the journal's own head", number=at - 1, digest=link)
    return [item for part in parts for item in part["links"] if isinstance(item, dict)], link

# Rules and their arithmetic: docs/proposals.md, docs/elections.md
RULE = r"share(>=?)(\S+) of=(all|cast) against=(\S+)( against<=(\S+))? abstain=(\S+) turnout>=(\S+) everybody=(yes|no)"
RUN_OFF = "share>0 of=all against=0 abstain=0 turnout>=0 everybody=no"
def choices_of(opening: Json) -> list[str]:
    """What a ballot can say. Where everybody has to be in favour, a no is an objection that can be answered."""
    found = "for object withdrawn" if opening["rule"].startswith("share>=1 of=all ") else "for against abstain"
    return ["abstain", *(f"for:{one}" for one in opening["candidates"])] if opening["candidates"] else found.split()
def tally_of(opening: Json, seats: int, choices: list[str]) -> Json:
    """Counts one choice for each seat that has one. The rule is met where `figure` reaches what is `needed`."""
    rule = re.fullmatch(RULE, opening["rule"])
    sign, share, base, against, _, most, abstain, turnout, everybody = rule.groups() if rule else ()
    votes: list[Any] = [[one, choices.count(f"for:{one}")] for one in opening["candidates"]]
    # Most votes lead, of equals the first in the order of the candidates. Votes for the others count against.
    leader, yes = max(votes or list[Any]([["", choices.count("for")]]), key=lambda vote: vote[1])
    cast, abstained = len(choices) - choices.count("withdrawn"), choices.count("abstain")
    no = cast - yes - abstained
    figure = yes - Fraction(against) * no - Fraction(abstain) * abstained
    needed = Fraction(share) * (seats if base == "all" else cast)
    present = cast >= Fraction(turnout) * seats and (cast == seats or everybody == "no")
    met = yes > 0 and present and no <= int(most or no) and (figure > needed or (figure == needed and sign == ">="))
    tally = {"rule": opening["rule"], "seats": seats, "in_favour": yes, "against": no, "abstained": abstained}
    tally |= {"missing": seats - cast, "figure": str(figure), "needed": str(needed), "passes": met}
    return tally | ({"votes": votes, "elected": leader if met else None} if votes else {})
def endings(opening: Json, seats: int, votes: list[str], at: str, ends: str, holds: list[str]) -> tuple[Json, set[str]]:
    """The tally, and how the round can have ended at a moment, its deadline and the ends of its holds being these."""
    tally, known = tally_of(opening, seats, votes), choices_of(opening)
    # Final ballots settle a round once the missing ones, all alike, cannot change it: every mixture lies between.
    could = {tally_of(opening, seats, votes + [one] * tally["missing"])["passes"] for one in known}
    settled = opening["final_ballots"] and not opening["candidates"] and could == {tally["passes"]}
    early = at >= max([opening["earliest_end_at"], *holds]) and (tally["passes"] if "object" in known else settled)
    lost = "rejected" if "object" not in known else "objected" if "object" in votes else "silence"
    # Over an objection the next round may be opened, but not while somebody holds this one.
    possible = {"objected"} if "object" in votes and at >= max(holds, default="") else set[str]()
    return tally, possible | ({"succeeded" if tally["passes"] else lost} if early or at >= ends else set())

# The decision: docs/proof.md, docs/elections.md, docs/motions.md
def check_proposal(file: Json, entries: list[Json]) -> None:
    """Its acts, then what happened to it in the order of the journal; a ballot may be signed at any time after it."""
    exact(file, "format proposal rounds execution journal", "the file", format="expertgroup/dossier/v1")
    proposal, rounds, done = file["proposal"], list(file["rounds"]), file["execution"]
    subject, acts = f"proposal/{proposal['number']}", proposal["acts"]
    exact(proposal, "number kind proposed_at acts acts_digest", subject, acts_digest=digest("acts", acts))
    signed = sorted((one for one in entries if one["verb"] == "ballot.sign"), key=lambda one: one["data"]["number"])
    first, *rest = [item for item in entries if item["verb"] != "ballot.sign"]
    # The acts of an election are made when it opens.
    made = first["data"]["acts"] if proposal["kind"] == "election" else proposal["acts_digest"]
    says(first, "proposal.open", subject, proposal["proposed_at"], kind=proposal["kind"], acts=made)
    last: Json = {"digest": "0" * 64, "next_at": str(first["data"].get("opens_at") or first["at"]), "number": 0}
    last |= {"cast": 0, "stand": set(), "recuse": set(), "signed": signed}
    while rest:
        item, verb, size = rest[0], rest[0]["verb"], 1
        if verb == "round.open":
            size += [*(one["verb"] for one in rest), "round.close"].index("round.close")
            demand(rounds and size <= len(rest), f"round {last['number'] + 1}, or its end, is missing")
            last = check_round(proposal, rounds.pop(0), rest[:size], last)
        elif verb == "proposal.execute":
            # Of an election only the act of who is elected.
            acts = [act for act in acts if last["tally"].get("elected") in (None, act["params"].get("handle"))]
            exact(done, "effect acts executed_at", "the execution", acts=digest("acts", acts))
            says(item, verb, subject, done["executed_at"], effect=done["effect"], acts=done["acts"])
            in_time = last["result"] == "succeeded" and last["execute_at"] <= item["at"] < last["expires_at"]
            demand(in_time and not rounds, "carried out what had not passed, or out of time")
            print(f"carried out: {done['effect']!a}, {done['executed_at']!a}")
            done = None
        else:
            says(item, verb, subject, item["at"])
            kind, who = "recuse" if verb.endswith("recuse") else "stand", item["actor"].removeprefix("member:")
            known = ["proposal.recuse", "proposal.unrecuse", "proposal.stand", "proposal.step_down"]
            demand(verb in known[: 2 if last["number"] else 4], f"{verb!a} is out of its place")
            last[kind] = last[kind] - {who} | ({who} if verb == f"proposal.{kind}" else set())
        del rest[:size]
    demand(last["number"] and not rounds and not signed and done is None, "the journal does not tell all of the file")
def check_round(proposal: Json, held: Json, entries: list[Json], last: Json) -> Json:
    """One round from its opening, which fixes all that it is decided by, to its outcome; what is known after it."""
    opening, outcome, members, number = held["round"], held["outcome"], held["members"], last["number"] + 1
    name, subject, at = f"round {number}", f"proposal/{proposal['number']}/round/{number}", outcome["decided_at"]
    # Who is recused, or is to be removed, has no seat.
    nobody = last["recuse"] | {act["params"]["handle"] for act in proposal["acts"] if proposal["kind"] == "removal"}
    right, link, cast, choices = sorted(set(members) - nobody), digest("round", opening), last["cast"], Json()
    exact(held, "round digest acts members ballots outcome", name, digest=link, acts=proposal["acts"], members=right)
    seats = digest("electorate", {"proposal": proposal["number"], "round": number, "members": members})
    exact(opening, OPENING, name, previous=last["digest"], proposal=proposal["number"], number=number, electorate=seats)
    # Candidates are those of the acts, who all stand; then the two with most votes. Their order breaks ties.
    slate = [act["params"]["handle"] for act in proposal["acts"] if proposal["kind"] == "election"]
    slate = [one for one in slate if number == 1 or one in opening["candidates"]]
    run_off = not slate or number == 1 or (len(slate) == 2 and opening["rule"] == RUN_OFF)
    demand(run_off and last["stand"] >= set(slate), f"{name}: a candidate does not stand, or no run-off of two")
    exact(opening, OPENING, name, acts=proposal["acts_digest"], candidates=slate)
    says(entries[0], "round.open", subject, opening["opened_at"], digest=link, seats=len(members))
    demand(isinstance(held["ballots"], list) and opening["opened_at"] >= last["next_at"], f"{name}: opened too soon")
    ends, holds, canceled = moved(opening, members, subject, entries[1:-1])
    for item, ballot in zip([item for item in entries if item["verb"] == "ballot.cast"], held["ballots"], strict=True):
        cast, who = cast + 1, ballot["seat"].partition("/")[2]
        choices[who] = [*choices.get(who, []), ballot["choice"]]
        place = {"previous": link, "number": cast, "seat": f"{number}/{who}", "seq": len(choices[who])}
        link, bound = digest("receipt", ballot, RECEIPT), digest("commitment", ballot, COMMITMENT)
        exact(ballot, BALLOT, f"ballot {cast}", **place, commitment=bound, receipt=link)
        fits = ballot["choice"] in choices_of(opening) and not (ballot["seq"] > 1 and opening["final_ballots"])
        demand(fits and who in members, f"ballot {cast}: no seat, no choice of its round, or changes a final one")
        # At the moment of a release, which can be the end, there was still time.
        in_time = ballot["cast_at"] < ends or ballot["cast_at"] in holds
        demand(in_time and opening["opened_at"] <= ballot["cast_at"] <= at, f"ballot {cast}: cast out of time")
        # The ballots of a hidden round become known at its end, all at once.
        actor = "system:worker" if opening["hidden"] else f"member:{who}"
        says(item, "ballot.cast", subject, ballot["cast_at"], actor, number=cast, receipt=link)
        if (made := ballot["signature"]) is not None:
            check_signature(ballot, opening)
            demand(last["signed"], f"ballot {cast}: the journal does not know its signature")
            say = {"number": cast, "digest": made["digest"], "address": made["address"]}
            says(last["signed"].pop(0), "ballot.sign", subject, made["signed_at"], f"member:{who}", **say)
    tally, possible = endings(opening, len(members), [one[-1] for one in choices.values()], at, ends, holds)
    bound = digest("outcome", outcome, OUTCOME)
    exact(outcome, f"{OUTCOME} digest", name, previous=link, round=held["digest"], tally=tally, digest=bound)
    says(entries[-1], "round.close", subject, at, result=outcome["result"], digest=bound)
    # It is canceled by two members, or because its application is withdrawn.
    possible = {"canceled"} if canceled else possible | ({"canceled"} if proposal["kind"] == "admission" else set())
    demand(outcome["result"] in possible, f"{name}: {outcome['result']!a} is not what rule, ballots and time give")
    if outcome["result"] == "succeeded":
        # It can be carried out from its day on, wherever on earth that begins, for 30 days.
        done, begins, lapses = (datetime.fromisoformat(outcome[key][:-1]) for key in OUTCOME.split()[-3:])
        day, zone = str(opening["execute_on"] or at[:-1]), timedelta(hours=14 if opening["execute_on"] else 0)
        first, latest = (max(done, datetime.fromisoformat(day) + one) for one in (-zone, zone))
        fits = first <= begins <= latest and lapses - begins == timedelta(days=30)
        demand(fits, f"{name}: carried out from another time on, or not for 30 days")
    print(f"{name}: {outcome['result']}:", ", ".join(f"{key} {value}" for key, value in tally.items()))
    next_at = {"succeeded": outcome["expires_at"], "canceled": "never"}.get(outcome["result"], at)
    return {**last, **outcome, "number": number, "cast": cast, "next_at": next_at}
def moved(opening: Json, members: list[str], subject: str, entries: list[Json]) -> tuple[str, list[str], bool]:
    """The deadline and the ends of the holds, as asked before the end, and whether the round was canceled."""
    deadline, holds, asked, canceled = opening["deadline_at"], dict[int, str](), list[Json](), False
    for item in (item for item in entries if item["verb"] != "ballot.cast"):
        said, what, at = item["data"], item["verb"].removeprefix("round."), item["at"]
        number, until, who = said["motion"], said["until_at"], item["actor"].removeprefix("member:")
        says(item, f"round.{what}", subject, at)
        ends = max([deadline, *holds.values()])
        demand(who in members and at < ends and not canceled, f"{what!a}: without a seat, or after the end")
        asked += [said] if what in ("hold", "ask") else []
        exact(said, "motion until_at asked_by reason", what, **(asked[number - 1 : number] or [Json()])[0])
        # A hold is asked and released by one member; all else is asked by one and seconded by another.
        demand((who == said["asked_by"]) == (what in ("hold", "ask", "release")), f"{what!a}: by the wrong member")
        fits = {"hold": number == len(asked), "ask": number == len(asked), "release": at < holds.get(number, "")}
        fits |= {"extend": number not in holds and ends < str(until or ""), "cancel": until is None}
        demand(0 < number <= len(asked) and fits.get(what), f"{what!a}: not in its order, or not what was asked")
        holds |= {number: until if what == "hold" else at} if what in ("hold", "release") else {}
        deadline, canceled = until if what == "extend" else deadline, what == "cancel"
    return max([deadline, *holds.values()]), list(holds.values()), canceled

# Signatures of wallets (EIP-712, docs/signatures.md): Keccak, sums and multiples of points of secp256k1, who signed.
P, N = 2**256 - 2**32 - 977, 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
GX = 0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798
GY = 0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8
TYPE = "Ballot(string group,uint64 proposal,uint64 round,bytes32 electorate,bytes32 rule,string choice,bytes32 reason"
TYPE += ",bytes16 nonce,bytes32 receipt)"
def keccak(data: bytes) -> bytes:
    """Keccak-256 as Ethereum uses it; hashlib has only its later form."""
    def turn(word: int, by: int) -> int:
        return (word << by | word >> (64 - by)) % 2**64
    data += b"\x81" if len(data) % 136 == 135 else b"\x01" + bytes(134 - len(data) % 136) + b"\x80"
    state = [0] * 25
    for start in range(0, len(data), 136):
        block = [int.from_bytes(data[at : at + 8], "little") for at in range(start, start + 136, 8)]
        state, step = [one ^ other for one, other in zip(state, block + [0] * 8, strict=True)], 1
        for _round in range(24):
            mixed = [state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20] for x in range(5)]
            state = [state[i] ^ mixed[(i + 4) % 5] ^ turn(mixed[(i + 1) % 5], 1) for i in range(25)]
            x, y, lane = 1, 0, state[1]
            for shift in range(1, 25):
                x, y = y, (2 * x + 3 * y) % 5
                state[x + 5 * y], lane = turn(lane, shift * (shift + 1) // 2 % 64), state[x + 5 * y]
            rows = [state[i : i + 5] * 2 for i in range(0, 25, 5)]
            state = [row[i] ^ (~row[i + 1] & row[i + 2]) for row in rows for i in range(5)]
            for bit in range(7):
                step = ((step << 1) ^ ((step >> 7) * 0x71)) % 256
                state[0] ^= (step >> 1 & 1) << ((1 << bit) - 1)
    return b"".join(word.to_bytes(8, "little") for word in state[:4])
def add(one: Any, other: Any) -> Any:
    if one is None or other is None:
        return one or other
    if one[0] == other[0] and (one[1] + other[1]) % P == 0:
        return None
    (x, y), (u, v) = one, other
    slope = (3 * x * x * pow(2 * y, -1, P) if one == other else (v - y) * pow(u - x, -1, P)) % P
    far = (slope * slope - x - u) % P
    return far, (slope * (x - far) - y) % P
def times(factor: int, point: Any) -> Any:
    rest = times(factor // 2, add(point, point)) if factor else None
    return add(rest, point) if factor % 2 else rest
def signer(message: bytes, signature: str) -> str:
    """The address whose key signed the 32 bytes."""
    r, s, v = int(signature[2:66], 16), int(signature[66:130], 16), int(signature[130:], 16) - 27
    y = pow(r**3 + 7, (P + 1) // 4, P)
    fits = re.fullmatch("0x[0-9a-f]{128}1[bc]", signature) and 0 < r < N and 0 < s <= N // 2
    demand(fits and (y * y - r**3 - 7) % P == 0, "a signature is none")
    signed = times(s, (r, y if y % 2 == v else P - y))
    key = times(pow(r, -1, N), add(signed, times(-int.from_bytes(message, "big") % N, (GX, GY))))
    return "0x" + keccak(b"".join(part.to_bytes(32, "big") for part in key or ()))[-20:].hex()
def check_signature(ballot: Json, opening: Json) -> None:
    made, rule = ballot["signature"], digest("rule", opening, "rule edition")
    name, fields = f"the signature of ballot {ballot['number']}", "group address signature digest signed_at"
    exact(made, fields, name)
    domain = keccak(b"".join(map(keccak, [b"EIP712Domain(string name,string version)", b"Expert Group", b"1"])))
    group, choice = (keccak(text.encode()).hex() for text in (made["group"], ballot["choice"]))
    parts = [keccak(TYPE.encode()).hex(), group, f"{opening['proposal']:064x}", f"{opening['number']:064x}"]
    parts += [opening["electorate"], rule, choice, ballot["reason"] or "0" * 64, ballot["nonce"] + "0" * 32]
    message = keccak(b"\x19\x01" + domain + keccak(bytes.fromhex("".join([*parts, ballot["receipt"]]))))
    exact(made, fields, name, digest=message.hex(), address=signer(message, made["signature"]))

if __name__ == "__main__":
    if len(sys.argv) < 4 or sys.argv[-2] != "--head":
        print(__doc__)
        sys.exit(2)
    try:
        head, (decision, *more) = sys.argv[-1].rpartition(":")[2].lower(), [load(path) for path in sys.argv[1:-2]]
        told, found = replay([decision["journal"], *more])
        check_proposal(decision, told)
        demand(head == found, f"this leads to the head {found}; ?until=NUMBER makes it end with yours")
    except Exception as wrong:
        print(f"DOES NOT HOLD: {wrong!a}")
        sys.exit(1)
    print(f"HOLDS against the head {head}", (__doc__ or "").partition("called.\n")[2], sep="\n")
