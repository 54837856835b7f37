"""Signing and evidence on the pages and in the API: who sees what, what was typed, a fixed number of queries."""

import html
import json
from typing import Any

import pytest
from django.test import Client
from eth_account import Account

from journal.clock import database_clock
from members.models import Member
from proposals.models import BallotSignature, Evidence, Round
from proposals.services import evidence
from tests.proposals.cast import DAY, found, opened
from tests.proposals.keys import KEY, OTHER, POLL, message, pasted, proved, signed
from tests.proposals.test_pages import as_, now_vote

pytestmark = pytest.mark.django_db
SIGN, EVIDENCE = "/proposals/1/ballots/1/signature/", "/proposals/1/evidence/"
API_SIGN, API_EVIDENCE = f"/api/v1{SIGN}", f"/api/v1{EVIDENCE}"


@pytest.fixture
def group() -> list[Member]:
    return found(users=True)


@pytest.fixture
def held(group: list[Member]) -> Round:
    return opened(group[0], moment=database_clock() - DAY)[1]


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return html.unescape(answer.content.decode())


def shown_data(page: str) -> dict[str, Any]:
    """The typed data as the page's script hands it to the wallet."""
    found_: dict[str, Any] = json.loads(page.split('id="message" tabindex="0">')[1].split("</pre>")[0])
    return found_


def test_a_ballot_is_signed_without_any_script(group: list[Member], held: Round) -> None:
    proved(group[1])
    now_vote(held, group[1])
    browser = as_(group[1])
    assert SIGN in text(browser, "/proposals/1/?receipt=1")
    typed = shown_data(text(browser, SIGN))
    done = browser.post(SIGN, {"signature": f" {signed(typed)}\n"})
    assert (done.status_code, done["Location"]) == (302, "/proposals/1/?receipt=1#receipt")
    page = text(as_(group[2]), "/proposals/1/?receipt=1")
    assert f'data-copy="{KEY.address}"' in page
    assert SIGN not in page
    assert "signed already" in text(browser, SIGN)
    (ballot,) = browser.get("/proposals/1/rounds/1/receipts.json").json()["ballots"]
    row = BallotSignature.objects.get()
    assert (ballot["signature"]["signature"], ballot["signature"]["digest"]) == (row.signature, row.digest)


def test_who_has_no_wallet_is_sent_to_prove_one(group: list[Member], held: Round) -> None:
    now_vote(held, group[1])
    page = text(as_(group[1]), SIGN)
    assert "/settings/wallets/" in page
    assert 'name="signature"' not in page


def test_nobody_else_finds_the_page(group: list[Member], held: Round) -> None:
    now_vote(held, group[1])
    text(as_(group[0]), SIGN, 404)
    assert as_(None).get(SIGN).status_code == 302
    assert as_(group[0]).post(SIGN, {"signature": "0x"}).status_code == 404
    assert SIGN not in text(as_(group[0]), "/proposals/1/?receipt=1")


def test_a_replaced_ballot_has_nothing_to_sign(group: list[Member], held: Round) -> None:
    proved(group[1])
    now_vote(held, group[1])
    typed = shown_data(text(as_(group[1]), SIGN))
    now_vote(held, group[1], "object")
    assert 'name="signature"' not in text(as_(group[1]), SIGN)
    assert as_(group[1]).post(SIGN, {"signature": signed(typed)}).status_code == 409


@pytest.mark.parametrize("typed", ["", "hello", "0x" + "11" * 65])
def test_a_refused_signature_stays_beside_its_field(group: list[Member], held: Round, typed: str) -> None:
    proved(group[1])
    now_vote(held, group[1])
    answer = as_(group[1]).post(SIGN, {"signature": typed})
    page = answer.content.decode()
    assert (answer.status_code, page.count('aria-invalid="true"')) == (422, 1)
    assert f'value="{typed}"' in page or not typed


def test_signing_in_the_api(group: list[Member], held: Round) -> None:
    proved(group[1])
    now_vote(held, group[1])
    client = as_(group[1])
    told = client.get(API_SIGN).json()
    assert told["signature"] is None
    foreign = client.post(API_SIGN, {"signature": signed(told["typed"], OTHER)}, content_type="application/json")
    assert (foreign.status_code, foreign.json()["code"]) == (422, "wallet-unproven")
    done = client.post(API_SIGN, {"signature": signed(told["typed"])}, content_type="application/json")
    assert (done.status_code, done.json()["signature"]["address"]) == (201, KEY.address.lower())
    again = client.post(API_SIGN, {"signature": signed(told["typed"])}, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "already-signed")
    assert as_(group[0]).get(API_SIGN).status_code == 404
    assert as_(None).get(API_SIGN).status_code in (401, 403)


def test_evidence_is_pasted_and_shown(group: list[Member], held: Round) -> None:
    browser = as_(group[1])
    assert EVIDENCE in text(browser, "/proposals/1/")
    assert browser.post(EVIDENCE, {"envelope": pasted(values=message(reason="<b>why</b>"))}).status_code == 302
    page = browser.get(EVIDENCE).content.decode()
    assert all(part in page for part in (KEY.address, "lxdao.eth", POLL, "&lt;b&gt;why&lt;/b&gt;", "2024"))
    assert "It was checked here" in page
    text(as_(None), EVIDENCE, 404)
    assert as_(None).post(EVIDENCE, {"envelope": pasted()}).status_code == 302
    assert Evidence.objects.count() == 1


@pytest.mark.parametrize("typed", ["", "{}", pasted().replace("lxdao.eth", "other.eth")])
def test_refused_evidence_stays_beside_its_field(group: list[Member], held: Round, typed: str) -> None:
    answer = as_(group[1]).post(EVIDENCE, {"envelope": typed})
    page = html.unescape(answer.content.decode())
    assert (answer.status_code, page.count('aria-invalid="true"')) == (422, 1)
    assert typed in page


def test_evidence_in_the_api(group: list[Member], held: Round) -> None:
    client = as_(group[1])
    done = client.post(API_EVIDENCE, {"envelope": pasted()}, content_type="application/json")
    assert (done.status_code, done.json()["signer"], done.json()["choice"]) == (201, KEY.address.lower(), 1)
    again = client.post(API_EVIDENCE, {"envelope": pasted()}, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "evidence-known")
    assert [row["space"] for row in client.get(API_EVIDENCE).json()] == ["lxdao.eth"]
    assert as_(None).get(API_EVIDENCE).status_code == 404
    assert as_(None).post(API_EVIDENCE, {"envelope": "{}"}, content_type="application/json").status_code in (401, 403)


@pytest.mark.parametrize("count", [1, 3, 20])
def test_evidence_asks_a_constant_number_of_times(
    group: list[Member], held: Round, django_assert_num_queries: Any, count: int
) -> None:
    for turn in range(count):
        evidence.add(proposal=held.proposal, envelope=pasted(values=message(timestamp=turn)), by=group[turn % 3])
    browser = as_(group[1])
    browser.get(EVIDENCE)
    with django_assert_num_queries(27):
        assert browser.get(EVIDENCE).content.decode().count("lxdao.eth") == count


@pytest.mark.parametrize("count", [0, 1, 3])
def test_signatures_cost_a_proposal_s_page_no_query(
    group: list[Member], held: Round, django_assert_num_queries: Any, count: int
) -> None:
    for number, member in enumerate(group, start=1):
        now_vote(held, member, "object")
        if number <= count:
            key = (KEY, OTHER, Account.from_key(f"0x{3:064x}"))[number - 1]
            proved(member, key)
            browser, there = as_(member), f"/proposals/1/ballots/{number}/signature/"
            browser.post(there, {"signature": signed(shown_data(text(browser, there)), key)})
    assert BallotSignature.objects.count() == count
    browser = as_(group[1])
    browser.get("/proposals/1/")
    with django_assert_num_queries(31):
        browser.get("/proposals/1/")
