#!/usr/bin/env python3
"""Checks the dossier of a decision without the program that made it, with Python's standard library alone.

    python3 -I -S verify.py dossier.json [more.json …] --head HASH

HASH is a head of the group's journal that you have from somewhere else than the file: a feed reader, a member, your
own notes. With ?until=NUMBER the file ends with the head of that number; `more.json` is what
/api/v1/journal/links/?after=NUMBER&until=NUMBER answers, for heads that the file does not reach.
Exit status: 0 it holds, 1 it does not, 2 wrongly called.

If the head is right, this proves: all of the file was in the journal when the head was published; no ballot of these
rounds was added, left out or changed; the rule was fixed before the first ballot, and each outcome is its arithmetic;
what was carried out is what was voted on, after it had passed; each signature shown is that of its address.
It does not prove: that the head is right (it must not come from whoever gave you the file); that a ballot is its
member's own will (find your own receipt), or whose an address is; that these were the members and the charter's rule
on that day; why a round was canceled; that nothing came later; that links shown as digests are about other things.
"""

# One blank line between functions: the whole is to be read in one go.
# fmt: off
import hashlib
import json
import re
import sys
import unicodedata
from fractions import Fraction
from pathlib import Path
from typing import Any

ZEROS = "0" * 64
ENTRY, ENDING = "actor verb subject data at", "previous round result tally decided_at"
COMMITTED, RECEIPT = "nonce choice reason", "previous seat number commitment"
BALLOT = f"{COMMITTED} {RECEIPT} seq receipt cast_at signature"
Json = dict[str, Any]

class Wrong(Exception): ...

def demand(holds: object, text: str) -> None:
    """Wrong with this text, unless it holds."""
    if not holds:
        raise Wrong(text)

def canonical(value: Any) -> bytes:
    """Sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()

def digest(domain: str, value: Any) -> str:
    """SHA-256 over the name of the domain, a line feed and canonical JSON."""
    return hashlib.sha256(f"expertgroup/{domain}/v1\n".encode() + canonical(value)).hexdigest()

def same(one: Any, other: Any, text: str) -> None:
    """Wrong unless both are equal as JSON: to Python `True == 1`."""
    demand(canonical(one) == canonical(other), text)

def keys(value: Json, names: str, where: str) -> None:
    """Exactly these keys: nothing in the file goes unchecked."""
    demand(set(value) == set(names.split()), f"{where} has other fields than {names}")

def pick(value: Json, names: str) -> Json:
    return {name: value[name] for name in names.split()}

def load(path: str) -> Json:
    """A JSON object without floats, doubled keys, or text that is not in normal form C."""
    def pairs(found: list[tuple[str, Any]]) -> Json:
        demand(len(dict(found)) == len(found), "a key stands twice in one object")
        return dict(found)
    # Canonical JSON has no fractions, so that a number with a point or an exponent ends the reading.
    value = json.loads(Path(path).read_text("utf-8"), object_pairs_hook=pairs, parse_float=Fraction)
    demand(unicodedata.is_normalized("NFC", canonical(value).decode()), f"{path} has text that is not in form C")
    return dict(value)

# The rule and its arithmetic: docs/proposals.md
def rule_of(text: str) -> Json:
    """`share>=2/3 of=all against=0 against<=2 abstain=0 turnout>=0 everybody=no`; all but the share may be left out."""
    text = "share>=1 everybody=yes" if text == "unanimous" else text
    found = dict(re.findall(r"(share>=?|of=|against<?=|abstain=|turnout>=|everybody=)([^\s<>=]+)", text))
    demand(" ".join(name + value for name, value in found.items()) == text, f"{text!a} is no rule")
    rule: Json = {"of=": "all", "against=": "0", "abstain=": "0", "turnout>=": "0", "everybody=": "no"} | found
    demand(("share>" in rule) != ("share>=" in rule), "a rule has one share")
    for name in set(rule) - {"of=", "everybody="}:
        rule[name] = Fraction(rule[name].rstrip("%")) / (100 if rule[name].endswith("%") else 1)
    demand(rule["of="] in ("all", "cast") and rule["everybody="] in ("yes", "no"), f"cannot read {text!a}")
    return rule

def sums(rule: Json, seats: int, yes: int, no: int, abstained: int) -> tuple[Fraction, Fraction, bool]:
    """What the votes come to, what is needed, and whether the rule is met."""
    cast = yes + no + abstained
    figure = yes - rule["against="] * no - rule["abstain="] * abstained
    needed = (rule["share>="] if "share>=" in rule else rule["share>"]) * (seats if rule["of="] == "all" else cast)
    enough = figure >= needed if "share>=" in rule else figure > needed
    present = cast >= rule["turnout>="] * seats and (cast == seats or rule["everybody="] == "no")
    return figure, needed, bool(yes > 0 and enough and present and no <= rule.get("against<=", no))

def endings(opening: Json, seats: int, choices: list[str], at: str) -> tuple[Json, set[str]]:
    """The tally, and what the round can have ended as at a moment. Moments are written alike: they compare as texts."""
    rule, count = rule_of(opening["rule"]), choices.count
    yes, no, abstained = count("for"), count("object") + count("against"), count("abstain")
    figure, needed, met = sums(rule, seats, yes, no, abstained)
    passes = met and not (rule["everybody="] == "yes" and count("object"))
    left = seats - yes - no - abstained
    tally = {"rule": opening["rule"], "seats": seats, "in_favour": yes, "against": no, "abstained": abstained}
    tally |= {"missing": left, "figure": str(figure), "needed": str(needed), "passes": passes}
    # Final ballots settle a round once the missing ones, all alike, could not change it: mixtures lie between these.
    mixtures = ((left, 0, 0), (0, left, 0), (0, 0, left))
    could = [sums(rule, seats, yes + one, no + two, abstained + three)[2] for one, two, three in mixtures]
    settled = opening["final_ballots"] and (all(could) if passes else not could[0])
    unanimous = rule.get("share>=") == 1 and rule["of="] == "all"
    # Over an objection the next round may be opened; a round whose object is withdrawn is canceled at any time.
    found = {"canceled"} | ({"objected"} if unanimous and count("object") else set())
    early = at >= opening["earliest_end_at"] and (passes if unanimous else settled)
    if early or at >= opening["deadline_at"]:
        lost = ("objected" if count("object") else "silence") if unanimous else "rejected"
        found.add("succeeded" if passes else lost)
    return tally, found

# Signatures of wallets (EIP-712): docs/signatures.md
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
            row = [i - i % 5 for i in range(25)]
            state = [state[i] ^ (~state[row[i] + (i + 1) % 5] & state[row[i] + (i + 2) % 5]) for i in range(25)]
            for bit in range(7):
                step = ((step << 1) ^ ((step >> 7) * 0x71)) % 256
                state[0] ^= (step >> 1 & 1) << ((1 << bit) - 1)
    return b"".join(word.to_bytes(8, "little") for word in state[:4])

def add(one: Any, other: Any) -> Any:
    """The sum of two points of secp256k1."""
    if one is None or other is None:
        return one or other
    if one[0] == other[0] and (one[1] + other[1]) % P == 0:
        return None
    (x, y), (u, v) = one, other
    slope = (3 * x * x * pow(2 * y, -1, P) if one == other else (v - y) * pow(u - x, -1, P)) % P
    far = (slope * slope - x - u) % P
    return far, (slope * (x - far) - y) % P

def times(factor: int, point: Any) -> Any:
    """A point added to itself."""
    rest = times(factor // 2, add(point, point)) if factor else None
    return add(rest, point) if factor % 2 else rest

def signer(message: bytes, signature: str) -> str:
    """The address whose key signed the 32 bytes."""
    demand(re.fullmatch("0x[0-9a-f]{128}1[bc]", signature), "a signature is not 65 bytes in their one form")
    r, s, v = int(signature[2:66], 16), int(signature[66:130], 16), int(signature[130:], 16) - 27
    y = pow(r**3 + 7, (P + 1) // 4, P)
    demand(0 < r < N and 0 < s <= N // 2 and (y * y - r**3 - 7) % P == 0, "a signature is none")
    y = y if y % 2 == v else P - y
    key = times(pow(r, -1, N), add(times(s, (r, y)), times(-int.from_bytes(message, "big") % N, (GX, GY))))
    return "0x" + keccak(b"".join(part.to_bytes(32, "big") for part in key or ()))[-20:].hex()

def check_signature(ballot: Json, opening: Json) -> None:
    """What a wallet signed of a ballot."""
    made, rule = ballot["signature"], digest("rule", pick(opening, "rule edition"))
    keys(made, "group address signature digest signed_at", "a signature")
    domain = [b"EIP712Domain(string name,string version)", b"Expert Group", b"1"]
    group, choice = (keccak(text.encode()).hex() for text in (made["group"], ballot["choice"]))
    parts = [keccak(TYPE.encode()).hex(), group, f"{opening['proposal']:064x}", f"{opening['number']:064x}"]
    parts += [opening["electorate"], rule, choice, ballot["reason"] or ZEROS, ballot["nonce"] + "0" * 32]
    body = keccak(bytes.fromhex("".join([*parts, ballot["receipt"]])))
    message = keccak(b"\x19\x01" + keccak(b"".join(map(keccak, domain))) + body)
    demand(message.hex() == made["digest"], f"ballot {ballot['number']}: something else was signed")
    demand(signer(message, made["signature"]) == made["address"], f"ballot {ballot['number']}: another address signed")

# The proposal's own chain: docs/proposals.md. Each step gives what the journal must say of it.
def entry(verb: str, subject: str, at: str, data: Json, who: str = "") -> Json:
    """What the journal must say."""
    return {"verb": verb, "subject": subject, "at": at, "data": data} | ({"actor": f"member:{who}"} if who else {})

def check_proposal(file: Json) -> list[Json]:
    """Acts, rounds and execution."""
    keys(file, "format proposal rounds execution journal", "the file")
    demand(file["format"] == "expertgroup/dossier/v1", "not a dossier that this script can read")
    proposal, done, rounds = file["proposal"], file["execution"], file["rounds"]
    keys(proposal, "number kind proposed_at acts acts_digest", "the proposal")
    demand(digest("acts", proposal["acts"]) == proposal["acts_digest"], "the acts do not give their digest")
    subject, data = f"proposal/{proposal['number']}", {"kind": proposal["kind"], "acts": proposal["acts_digest"]}
    told, link, cast = [entry("proposal.open", subject, proposal["proposed_at"], data)], ZEROS, 0
    for place, held in enumerate(rounds, start=1):
        same(pick(held["round"], "proposal number"), {"proposal": proposal["number"], "number": place}, "rounds")
        told += check_round(held, proposal, link, cast)
        link, cast = held["outcome"]["digest"], cast + len(held["ballots"])
    results = [held["outcome"]["result"] for held in rounds]
    demand(results and "succeeded" not in results[:-1], "no round, or one after a round that passed")
    if done is not None:
        keys(done, "effect executed_at", "the execution")
        passed = results[-1] == "succeeded" and done["executed_at"] >= rounds[-1]["outcome"]["decided_at"]
        demand(passed, "carried out what had not passed")
        told.append(entry("proposal.execute", subject, done["executed_at"], {"effect": done["effect"]}))
        print(f"carried out: {done['effect']!a}, {done['executed_at']!a}")
    return told

def check_round(held: Json, proposal: Json, link: str, cast: int) -> list[Json]:
    """One round from its opening to its outcome."""
    opening, members, outcome = held["round"], held["members"], held["outcome"]
    name, subject = f"round {opening['number']}", f"proposal/{proposal['number']}/round/{opening['number']}"
    keys(held, "round digest acts members ballots outcome", name)
    demand(opening["previous"] == link, f"{name} does not continue the link before it")
    same([held["acts"], opening["acts"]], [proposal["acts"], proposal["acts_digest"]], f"{name}: other acts")
    seats = {"proposal": proposal["number"], "round": opening["number"], "members": members}
    demand(members == sorted(set(members)), f"{name}: the electorate is not a list of members in order")
    demand(digest("electorate", seats) == opening["electorate"], f"{name}: the electorate is another")
    demand(digest("round", opening) == held["digest"], f"{name}: its digest does not hold")
    told = [entry("round.open", subject, opening["opened_at"], {"digest": held["digest"], "seats": len(members)})]
    link, choices, seqs = held["digest"], dict[str, str](), dict[str, int]()
    for ballot in held["ballots"]:
        cast += 1
        who = check_ballot(ballot, opening, link, cast)
        seqs[who] = seqs.get(who, 0) + 1
        same([who in members, ballot["seq"]], [True, seqs[who]], f"ballot {cast}: not the next of a seat")
        link, choices[who] = ballot["receipt"], ballot["choice"]
        told.append(entry("ballot.cast", subject, ballot["cast_at"], {"number": cast, "receipt": link}, who))
        if made := ballot["signature"]:
            told.append(
                entry("ballot.sign", subject, made["signed_at"], pick(made, "digest address") | {"number": cast}, who)
            )
    keys(outcome, f"{ENDING} digest", f"the outcome of {name}")
    demand([outcome["previous"], outcome["round"]] == [link, held["digest"]], f"{name}: not on its last ballot")
    demand(digest("outcome", pick(outcome, ENDING)) == outcome["digest"], f"{name}: the outcome is another")
    tally, possible = endings(opening, len(members), list(choices.values()), outcome["decided_at"])
    same(tally, outcome["tally"], f"{name}: the outcome is not the count of its ballots")
    demand(outcome["result"] in possible, f"{name}: {outcome['result']!a} is not what rule, ballots and time give")
    print(f"{name}: {outcome['result']}:", ", ".join(f"{key} {value}" for key, value in tally.items()))
    return [*told, entry("round.close", subject, outcome["decided_at"], pick(outcome, "result digest"))]

def check_ballot(ballot: Json, opening: Json, link: str, number: int) -> str:
    """One ballot: its commitment, its place and receipt, its time, its signature. Whose it is."""
    name = f"ballot {number}"
    keys(ballot, BALLOT, name)
    same(pick(ballot, "previous number"), {"previous": link, "number": number}, f"{name} is not the next link")
    demand(digest("commitment", pick(ballot, COMMITTED)) == ballot["commitment"], f"{name}: its commitment is another")
    demand(digest("receipt", pick(ballot, RECEIPT)) == ballot["receipt"], f"{name}: its receipt is another")
    demand(opening["opened_at"] <= ballot["cast_at"] < opening["deadline_at"], f"{name}: cast out of time")
    demand(ballot["choice"] in ("for", "against", "abstain", "object", "withdrawn"), f"{name}: no choice")
    demand(ballot["seq"] == 1 or not opening["final_ballots"], f"{name}: changes one that was final")
    if ballot["signature"] is not None:
        check_signature(ballot, opening)
    return str(ballot["seat"].removeprefix(f"{opening['number']}/"))

def check_journal(parts: list[Json], expected: list[Json]) -> str:
    """Replays the links; the entries of this proposal are the expected ones. The last link."""
    at, link, entries = parts[0]["first"], str(parts[0]["previous"]), list[Json]()
    for part in parts:
        keys(part, "first previous links head", "the journal")
        same(pick(part, "first previous"), {"first": at, "previous": link}, f"link {at} is missing")
        for item in part["links"]:
            if isinstance(item, dict):
                keys(item, f"entry {ENTRY}", "an entry of the journal")
                entries.append(item)
            row, content = (item["entry"], digest("entry", pick(item, ENTRY))) if isinstance(item, dict) else item
            link, at = digest("seal", {"number": at, "previous": link, "entry": row, "digest": content}), at + 1
        same(part["head"], {"number": at - 1, "digest": link}, "the links do not lead to the file's own head")
    entries = [item for item in entries if item["verb"] != "proposal.execution_failed"]
    demand(len(entries) == len(expected), "the journal has more or fewer entries of this than the file")
    # Everything stands in its order; a ballot may be signed at any time after it was cast.
    for found in (entries, expected):
        found.sort(key=lambda item: item["verb"] == "ballot.sign" and item["data"]["number"])
    for item, wanted in zip(entries, expected, strict=True):
        said = pick(item, " ".join(wanted)) | {"data": {key: item["data"].get(key) for key in wanted["data"]}}
        same(said, wanted, f"journal entry {item['entry']!a} says something else")
    return link

def main() -> int:
    if len(sys.argv) < 4 or sys.argv[-2] != "--head":
        print(__doc__)
        return 2
    head = sys.argv[-1].rpartition(":")[2].lower()
    try:
        file, *more = [load(path) for path in sys.argv[1:-2]]
        found = check_journal([file["journal"], *more], check_proposal(file))
        demand(head == found, f"this leads to the head {found}; ?until=NUMBER makes it end with yours")
    except Exception as wrong:
        print(f"DOES NOT HOLD: {wrong if isinstance(wrong, Wrong) else f'malformed ({wrong!a})'}")
        return 1
    print(f"HOLDS against the head {head}")
    print((__doc__ or "").partition("called.\n")[2])
    return 0

if __name__ == "__main__":
    sys.exit(main())
