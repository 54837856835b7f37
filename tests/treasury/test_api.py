"""The treasury over the API: who may what, the same words as on the pages, and how many queries that takes."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from journal.models import Job
from tests.cast import Cast
from tests.treasury.books import MICRO, approved, balance, grant, run_month, sent
from treasury.models import Budget, Claim, PayoutRun
from treasury.services import claims

V1 = "/api/v1/"
WORK = {"worked_on": "2026-11-02", "hours": "1.5", "project": "Portal", "description": "Reviewed"}
PEOPLE = ("lin", "bo", "chen", "mira", "noor", "otto", "")


def signed(client: Client, cast: Cast, who: str) -> Client:
    """The client with the session of one of the cast."""
    if who:
        client.force_login(cast.user(who))
    return client


def post(client: Client, address: str, body: dict[str, Any], method: str = "post") -> Any:
    """JSON there, JSON back."""
    return getattr(client, method)(f"{V1}{address}", body, content_type="application/json")


@pytest.mark.parametrize(("who", "status"), list(zip(PEOPLE, (200, 200, 200, 403, 403, 403, 401), strict=True)))
def test_claims_are_for_members(cast: Cast, client: Client, who: str, status: int) -> None:
    claim = sent(cast.chen)
    signed(client, cast, who)
    answers = [client.get(f"{V1}claims/"), client.get(f"{V1}claims/{claim.reference}/")]
    assert [answer.status_code for answer in answers] == [status] * 2
    if status == 403:
        assert answers[0].json()["code"] == "members-only"
        assert all(b"Reviewed" not in answer.content for answer in answers)


def test_hours_are_logged_changed_sent_and_read(cast: Cast, client: Client) -> None:
    signed(client, cast, "chen")
    made = post(client, "claims/", WORK)
    assert (made.status_code, made.json()["status"], made.json()["hours"]) == (201, "draft", "1.50")
    address = f"claims/{made.json()['reference']}/"
    changed = post(client, address, WORK | {"hours": "2"}, "put")
    assert (changed.status_code, changed.json()["hours"]) == (200, "2.00")
    assert post(client, f"{address}submit/", {}).json()["status"] == "pending"
    again = post(client, f"{address}submit/", {})
    assert (again.status_code, again.json()["code"]) == (409, "claim-sent")
    assert client.delete(f"{V1}{address}").status_code == 409


def test_a_draft_is_its_authors_alone(cast: Cast, client: Client) -> None:
    signed(client, cast, "chen")
    address = f"claims/{post(client, 'claims/', WORK).json()['reference']}/"
    signed(client, cast, "lin")
    assert client.get(f"{V1}{address}").status_code == 404
    assert client.get(f"{V1}claims/").json()["count"] == 0
    assert client.delete(f"{V1}{address}").status_code == 404
    signed(client, cast, "chen")
    assert client.delete(f"{V1}{address}").status_code == 204


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"hours": "24.5"}, "hours", "hours-unreadable"),
        ({"hours": "NaN"}, "hours", "hours-unreadable"),
        ({"project": " "}, "project", "project-missing"),
        ({"evidence_url": "javascript:alert(1)"}, "evidence_url", "evidence-unreadable"),
        ({"worked_on": "2025-12-31"}, "worked_on", "not-member-then"),
        ({"worked_on": "yesterday"}, "worked_on", "invalid"),
    ],
)
def test_a_wrong_claim_is_a_problem_with_the_words_of_the_page(
    cast: Cast, client: Client, changes: dict[str, str], field: str, code: str
) -> None:
    signed(client, cast, "chen")
    answer = post(client, "claims/", WORK | changes)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [(field, code)]
    assert Claim.objects.count() == 0


def test_many_are_approved_together_by_the_leader(cast: Cast, client: Client) -> None:
    grant(pow_u=300)
    picked = [sent(cast.chen).reference, sent(cast.bo).reference]
    signed(client, cast, "bo")
    refused = post(client, "approvals/", {"claims": picked[:1]})
    assert (refused.status_code, refused.json()["code"]) == (403, "not-decider")
    signed(client, cast, "lin")
    assert [row["reference"] for row in client.get(f"{V1}claims/?waiting_for_me=true").json()["results"]] == picked
    assert post(client, "approvals/", {"claims": [*picked, "nothing"]}).status_code == 404
    done = post(client, "approvals/", {"claims": picked})
    assert {(row["status"], row["value"], row["decided_by"]) for row in done.json()} == {
        ("approved", "120.00000000", "lin")
    }
    third = sent(cast.chen).reference
    over = post(client, "approvals/", {"claims": [third]})
    assert (over.status_code, over.json()["code"], over.json()["clause"]) == (422, "budget-exceeded", "income.1.1")
    assert post(client, "approvals/", {"claims": []}).json()["code"] == "nothing-picked"
    assert post(client, "approvals/", {"claims": picked}).status_code == 409


def test_a_refusal_needs_a_reason(cast: Cast, client: Client) -> None:
    claim = sent(cast.chen)
    signed(client, cast, "lin")
    assert post(client, f"claims/{claim.reference}/refusal/", {"reason": ""}).json()["code"] == "reason-missing"
    done = post(client, f"claims/{claim.reference}/refusal/", {"reason": "Which commit?"})
    assert (done.json()["status"], done.json()["reason"]) == ("rejected", "Which commit?")


GRANT = {
    "quarter": "2026-Q4", "headcount": 3, "hours_per_head": "40", "pow_u": "7200.000001", "stipend_u": "3000"
}  # fmt: skip


@pytest.mark.parametrize(("who", "status"), list(zip(PEOPLE, (403, 403, 403, 201, 403, 403, 401), strict=True)))
def test_the_treasurer_grants(cast: Cast, client: Client, who: str, status: int) -> None:
    answer = post(signed(client, cast, who), "budgets/", GRANT)
    assert answer.status_code == status
    assert Budget.objects.count() == (status == 201)
    if status == 201:
        assert answer.json() == GRANT | {
            "hours_per_head": "40.00",
            "stipend_u": "3000.000000",
            "approved": "0.00000000",
            "granted_on": answer.json()["granted_on"],
        }
        assert balance("pool") == 10_200 * MICRO + 1
        assert post(client, "budgets/", GRANT).json()["code"] == "budget-granted"


@pytest.mark.parametrize(
    "wrong",
    [
        {"pow_u": "1.0000001"},
        {"pow_u": "-1"},
        {"pow_u": 0.5},
        {"headcount": -1},
        {"quarter": "2026"},
        {"pow_u": "NaN"},
    ],
)
def test_a_grant_that_is_none(cast: Cast, client: Client, wrong: dict[str, Any]) -> None:
    answer = post(signed(client, cast, "mira"), "budgets/", GRANT | wrong)
    assert (answer.status_code, Budget.objects.count()) == (422, 0)


def test_everybody_reads_the_books(cast: Cast, client: Client) -> None:
    grant(pow_u=100)
    run_month()
    budget = client.get(f"{V1}budgets/").json()["results"][0]
    assert (budget["quarter"], budget["pow_u"]) == ("2026-Q4", "100.000000")
    held = {
        (row["kind"], row["owner"], row["asset"]): row["amount"]
        for row in client.get(f"{V1}balances/").json()["results"]
    }
    assert (held["pool", "", "U"], held["payable", "lin", "LXP"]) == ("-900.000000", "600.000000")
    rows = client.get(f"{V1}ledger/?kind=payable&owner=lin&asset=U").json()["results"]
    assert [(row["debit"], row["credit"], row["amount"]) for row in rows] == [("pool", "payable:lin", "600.000000")]
    assert rows[0]["posting"].startswith("payout-run 2026-10/1/")


def test_a_month_from_preview_to_posted(cast: Cast, client: Client) -> None:
    grant()
    approved(cast.chen, cast.lin, worked_on=date(2026, 10, 5))
    ready = client.get(f"{V1}months/2026-10/").json()
    assert (ready["state"], ready["due"]["lines"], ready["due"]["u"], ready["runs"]) == ("ready", 7, "1120.000000", [])
    lines = client.get(f"{V1}months/2026-10/lines/").json()
    assert (len(lines["lines"]), lines["after"], lines["lines"][0]["posted"]) == (7, "", False)
    assert lines["lines"][0]["explanation"].startswith("2 h on 2026-10-05 × 60 an hour")
    run_month()
    done = client.get(f"{V1}months/2026-10/").json()
    assert (done["state"], done["posted"]["lines"], done["posted"]["seal"]) == ("done", 7, ready["due"]["seal"])
    assert {line["run"] for line in client.get(f"{V1}months/2026-10/lines/").json()["lines"]} == {1}
    for none in ("2026-13", "2025-12", "2030-01"):
        assert client.get(f"{V1}months/{none}/").status_code == 404


@pytest.mark.parametrize(("who", "status"), list(zip(PEOPLE, (403, 403, 403, 202, 403, 403, 401), strict=True)))
def test_the_treasurer_starts_a_run_of_what_was_seen(cast: Cast, client: Client, who: str, status: int) -> None:
    seal = client.get(f"{V1}months/2026-10/").json()["due"]["seal"]
    signed(client, cast, who)
    if status == 202:
        assert post(client, "months/2026-10/runs/", {"seal": "0" * 64}).json()["code"] == "sum-changed"
    answer = post(client, "months/2026-10/runs/", {"seal": seal})
    assert answer.status_code == status
    assert (PayoutRun.objects.count(), Job.objects.count()) == ((1, 1) if status == 202 else (0, 0))
    if status == 202:
        assert post(client, "months/2026-10/runs/", {"seal": seal}).json()["code"] == "run-open"


@pytest.mark.parametrize("address", ["claims/", "budgets/", "balances/", "ledger/", "months/2026-10/lines/"])
def test_the_number_of_queries_is_fixed(cast: Cast, client: Client, address: str) -> None:
    signed(client, cast, "lin")
    client.get(f"{V1}{address}")

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(f"{V1}{address}").status_code == 200
        return len(seen)

    counts = []
    for more in (1, 2, 27):
        for _ in range(more):
            claim = sent(cast.chen, worked_on=date(2026, 10, 5))
        if more == 1:
            grant(pow_u=10_000)
        assert claim.submitted_at is not None
        claims.approve_many(claims=[claim.pk], by=cast.lin, at=claim.submitted_at)
        run_month()
        counts.append(queries())
    assert len(set(counts)) == 1, counts
