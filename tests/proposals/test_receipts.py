"""The links of the chain, recomputed with nothing but the standard library, as docs/proposals.md says."""

import hashlib
import json
from datetime import UTC, date, datetime

from proposals.rules import receipts
from proposals.rules.states import Times

ZEROS = "0" * 64


def sha(domain: str, text: str) -> str:
    return hashlib.sha256(f"expertgroup/{domain}/v1\n{text}".encode()).hexdigest()


def test_a_commitment_and_its_receipt() -> None:
    committed = receipts.commitment(nonce="00ff", choice="for", reason="")
    assert committed == sha("commitment", '{"choice":"for","nonce":"00ff","reason":""}')
    link = receipts.receipt(previous=ZEROS, seat="2/lin", number=7, commitment=committed)
    assert link == sha("receipt", f'{{"commitment":"{committed}","number":7,"previous":"{ZEROS}","seat":"2/lin"}}')


def test_a_reason_is_bound_by_its_salt() -> None:
    assert receipts.reason_digest(salt="ab", text="缺少信息", missing="x") == sha(
        "reason", '{"missing":"x","salt":"ab","text":"缺少信息"}'
    )


def test_an_electorate_is_bound_to_its_round() -> None:
    found = receipts.electorate_digest(proposal=31, round_number=2, handles=["ana", "ben"])
    assert found == sha("electorate", '{"members":["ana","ben"],"proposal":31,"round":2}')
    assert found != receipts.electorate_digest(proposal=31, round_number=3, handles=["ana", "ben"])


def test_words_are_bound_by_their_salt() -> None:
    inner = '{"changes":"new","content":{"name":"Noor"}}'
    assert receipts.wording_digest(salt="ab", content={"name": "Noor"}, changes="new") == sha(
        "text", json.dumps(["ab", inner], separators=(",", ":"))
    )


def test_a_round_binds_everything_it_is_decided_by() -> None:
    moment = datetime(2026, 11, 13, 12, tzinfo=UTC)
    found = receipts.round_digest(
        previous=ZEROS, proposal=31, number=1, acts="a", rule="unanimous", edition=1, electorate="e", wording="w",
        times=Times(moment, moment, moment), candidates=["lin", "ana"], hidden=True, execute_on=date(2026, 12, 1),
    )  # fmt: skip
    written = "2026-11-13T12:00:00.000000Z"
    assert found == sha(
        "round",
        f'{{"acts":"a","candidates":["lin","ana"],"deadline_at":"{written}","earliest_end_at":"{written}","edition":1,'
        '"electorate":"e","execute_on":"2026-12-01","final_ballots":false,"hidden":true,"number":1,'
        f'"opened_at":"{written}","previous":"{ZEROS}","proposal":31,"rule":"unanimous","wording":"w"}}',
    )


def test_an_end_binds_when_it_may_be_carried_out() -> None:
    parts: receipts.OutcomeParts = {
        "previous": ZEROS, "round_digest": "r", "result": "succeeded", "tally": {"seats": 3},
        "decided_at": datetime(2026, 11, 20, 12, tzinfo=UTC), "execute_at": datetime(2026, 12, 1, tzinfo=UTC),
        "expires_at": datetime(2026, 12, 31, tzinfo=UTC),
    }  # fmt: skip
    assert receipts.outcome_digest(**parts) == sha(
        "outcome",
        '{"decided_at":"2026-11-20T12:00:00.000000Z","execute_at":"2026-12-01T00:00:00.000000Z",'
        f'"expires_at":"2026-12-31T00:00:00.000000Z","previous":"{ZEROS}","result":"succeeded","round":"r",'
        '"tally":{"seats":3}}',
    )
    assert receipts.outcome_value(**parts | {"execute_at": None, "expires_at": None})["execute_at"] is None
