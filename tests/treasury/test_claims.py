"""Claims at the level of their rules and services: what they must say, who decides them, what the budget bears."""

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from charter.services import editions
from journal.hashing import salted
from journal.refusals import Refusal
from journal.selectors import entries_about
from members.models import Member, Term
from members.services import memberships, terms
from tests.cast import AT, DAY, Cast
from tests.treasury.books import MICRO, approved, broken, execute, grant, sent, work
from treasury import refusals
from treasury.models import Budget, Claim
from treasury.rules import claims as rules
from treasury.services import budgets, claims


def approve(by: Member, *picked: Claim) -> list[Claim]:
    """Approves the picked claims."""
    return claims.approve_many(claims=[claim.pk for claim in picked], by=by, at=AT)


@pytest.mark.parametrize(
    ("text", "centi"), [("0.01", 1), ("24", 2400), ("1.5", 150), (" 2 ", 200), ("7.70", 770), ("24.00", 2400)]
)
def test_hours_that_can_be_read(text: str, centi: int) -> None:
    assert rules.hours_centi(text) == centi


@pytest.mark.parametrize(
    "text",
    ["0", "24.01", "24.5", "0.001", "1.555", "-1", "", "NaN", "1e1", "1,5", "½", "+1", "0x1", "1.", "inf", "9" * 50],
)
def test_hours_that_are_none(text: str) -> None:
    with pytest.raises(refusals.HoursUnreadable):
        rules.hours_centi(text)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/1",
        "javascript:alert(1)",
        "//example.org",
        "example.org",
        "https://",
        "https:///x",
        "https://[bad",
        "https://a b/",
        "https://example.org/" + "x" * 500,
        "data:text/html,x",
        "https://example.org/\x7f",
        "https://example.org/\u200b",
        "https://example.org/\u2028x",
    ],
)
def test_a_link_that_is_none(url: str) -> None:
    with pytest.raises(refusals.EvidenceUnreadable):
        rules.evidence(url)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"hours_centi": 0}, refusals.HoursUnreadable),
        ({"hours_centi": 2401}, refusals.HoursUnreadable),
        ({"worked_on": DAY + timedelta(days=1)}, refusals.WorkAhead),
        ({"worked_on": date(2025, 12, 31)}, refusals.NotMemberThen),
        ({"project": "  "}, refusals.ProjectMissing),
        ({"project": "x" * 121}, refusals.ProjectMissing),
        ({"description": ""}, refusals.DescriptionMissing),
        ({"description": "x" * 2001}, refusals.DescriptionMissing),
        ({"evidence_url": "mailto:a@b.c"}, refusals.EvidenceUnreadable),
    ],
)
def test_a_claim_that_is_refused(cast: Cast, changes: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        claims.log(work=work(**changes), by=cast.chen, at=AT)
    assert Claim.objects.count() == 0


def test_references_are_counted_by_quarter(cast: Cast) -> None:
    days = [date(2026, 10, 1), date(2026, 9, 30), date(2026, 11, 2)]
    found = [claims.log(work=work(worked_on=day), by=cast.chen, at=AT).reference for day in days]
    assert found == ["C2026Q4-0001", "C2026Q3-0001", "C2026Q4-0002"]


@pytest.mark.parametrize("reference", ["C2026Q4-spring-7", "C2026Q4--9", "C2026Q4-7a", "C2026Q4-"])
def test_a_reference_from_elsewhere_does_not_stop_the_count(cast: Cast, reference: str) -> None:
    Claim.objects.create(reference=reference, member=cast.bo, quarter="2026-Q4", status="pending", **vars(work()))
    assert claims.log(work=work(), by=cast.chen, at=AT).reference == "C2026Q4-0001"


def test_a_draft_is_changed_sent_and_then_stays(cast: Cast) -> None:
    draft = claims.log(work=work(), by=cast.chen, at=AT)
    changed = claims.change(claim=draft, work=work(hours_centi=300, worked_on=date(2026, 9, 30)), by=cast.chen, at=AT)
    assert (changed.reference, changed.quarter, changed.hours_centi) == ("C2026Q4-0001", "2026-Q3", 300)
    waiting = claims.submit(claim=changed, by=cast.chen, at=AT)
    (entry,) = entries_about("claim/C2026Q4-0001")
    assert entry.data == {
        "handle": "chen",
        "worked_on": "2026-09-30",
        "hours_centi": 300,
        "texts": salted(waiting.salt, "Portal\nReviewed\n"),
    }
    for act in (
        lambda: claims.change(claim=waiting, work=work(), by=cast.chen, at=AT),
        lambda: claims.submit(claim=waiting, by=cast.chen, at=AT),
        lambda: claims.remove(claim=waiting, by=cast.chen, at=AT),
    ):
        with pytest.raises(refusals.ClaimSent):
            act()


def test_a_draft_is_its_members_alone(cast: Cast) -> None:
    draft = claims.log(work=work(), by=cast.chen, at=AT)
    with pytest.raises(refusals.NotYours):
        claims.submit(claim=draft, by=cast.bo, at=AT)
    claims.remove(claim=draft, by=cast.chen, at=AT)
    assert Claim.objects.count() == 0


def decides(by: Member, claim: Claim) -> str:
    """`yes`, or the refusal's name, for approving and refusing alike."""
    outcomes = []
    for act in (
        lambda: approve(by, claim),
        lambda: claims.refuse(claim=claim, reason="No.", by=by, at=AT),
    ):
        point = transaction.savepoint()
        try:
            act()
            outcomes.append("yes")
        except Refusal as refusal:
            outcomes.append(type(refusal).__name__)
        transaction.savepoint_rollback(point)
    assert outcomes[0] == outcomes[1]
    return outcomes[0]


def matrix(cast: Cast) -> dict[tuple[str, str], str]:
    """Who decides whose claim."""
    people = (cast.lin, cast.bo, cast.chen)
    made = {person.handle: sent(person) for person in people}
    return {(by.handle, owner): decides(by, claim) for by, (owner, claim) in product(people, made.items())}


def test_the_leader_decides_and_the_deputy_decides_the_leaders(cast: Cast) -> None:
    grant()
    assert matrix(cast) == {
        ("lin", "lin"): "OwnClaim",
        ("lin", "bo"): "yes",
        ("lin", "chen"): "yes",
        ("bo", "lin"): "yes",
        ("bo", "bo"): "OwnClaim",
        ("bo", "chen"): "NotDecider",
        ("chen", "lin"): "NotDecider",
        ("chen", "bo"): "NotDecider",
        ("chen", "chen"): "OwnClaim",
    }


def test_without_a_deputy_any_other_member_decides_the_leaders(cast: Cast) -> None:
    grant()
    terms.seat_leader(member=cast.lin, starts_on=DAY, decided_by="test", by="test", at=AT)
    found = matrix(cast)
    assert [found[by, "lin"] for by in ("lin", "bo", "chen")] == ["OwnClaim", "yes", "yes"]


def test_a_leader_whose_term_ended_unreplaced_goes_on_as_caretaker(cast: Cast) -> None:
    grant()
    Term.objects.filter(role="leader").update(ends_on=date(2026, 9, 30))
    assert matrix(cast)["lin", "chen"] == "yes"


def test_without_a_leader_claims_wait(cast: Cast) -> None:
    grant()
    claim = sent(cast.chen)
    memberships.declare_exit(member=cast.lin, exited_on=DAY - timedelta(days=1), by="test", at=AT)
    with pytest.raises(refusals.NotDecider, match="Nobody leads the group now"):
        approve(cast.bo, claim)


def test_who_left_decides_nothing(cast: Cast) -> None:
    grant()
    claim = sent(cast.lin)
    memberships.declare_exit(member=cast.bo, exited_on=DAY - timedelta(days=1), by="test", at=AT)
    assert (decides(cast.bo, claim), decides(cast.chen, claim)) == ("NotDecider", "yes")


def test_an_approved_claim_counts_against_its_quarter(cast: Cast) -> None:
    budget = grant()
    claim = approved(cast.chen, cast.lin, hours_centi=155)
    budget.refresh_from_db()
    assert (claim.value_e8, budget.approved_e8) == (155 * 60 * MICRO, 155 * 60 * MICRO)
    assert (claim.status, claim.decided_by, claim.decided_on) == ("approved", cast.lin, DAY)
    sent_entry, decided_entry = entries_about(f"claim/{claim.reference}")
    assert (sent_entry.verb, decided_entry.verb, decided_entry.actor) == ("claim.sent", "claim.approved", "member:lin")
    assert broken() == []


def test_the_rate_is_that_of_the_day_of_work(cast: Cast) -> None:
    grant()
    editions.amend(
        changes={"pow.hourly_rate": "61.37", "pow.flexible_rate": "0.000001"},
        effective_on=date(2026, 11, 10),
        act="test",
        by="test",
        at=AT,
    )
    before, after = sent(cast.chen, worked_on=date(2026, 11, 9)), sent(cast.chen, worked_on=date(2026, 11, 10))
    values = [claim.value_e8 for claim in approve(cast.lin, before, after)]
    assert values == [200 * 60 * MICRO, 200 * 61_370_001]


def test_the_budget_is_exact_to_the_last_digit(cast: Cast) -> None:
    """0.01 h × 60 U fits a budget of 0.6 U and not one of 0.599999 U."""
    claim = sent(cast.chen, hours_centi=1)
    budgets.grant(
        quarter="2026-Q4", headcount=1, hours_per_head_centi=1, pow_micro=600_000, stipend_micro=0, by="test", at=AT
    )
    approve(cast.lin, claim)
    more = sent(cast.chen, hours_centi=1)
    with pytest.raises(refusals.BudgetExceeded, match=r"Q4 2026 has 0 U left, the claims ask for 0\.6 U"):
        approve(cast.lin, more)


def test_many_are_approved_together_or_not_at_all(cast: Cast) -> None:
    grant(pow_u=300)
    picked = [sent(cast.chen), sent(cast.bo), sent(cast.chen)]
    with pytest.raises(refusals.BudgetExceeded):
        approve(cast.lin, *picked)
    assert set(Claim.objects.values_list("status", flat=True)) == {"pending"}
    approve(cast.lin, *picked[:2])
    assert Budget.objects.get().approved_e8 == 2 * 200 * 60 * MICRO
    with pytest.raises(refusals.ClaimDecided, match=picked[0].reference):
        approve(cast.lin, picked[0])
    with pytest.raises(refusals.NothingPicked):
        approve(cast.lin)
    assert broken() == []


def test_a_quarter_without_a_budget_bears_nothing(cast: Cast) -> None:
    grant()
    other, claim = sent(cast.chen), sent(cast.chen, worked_on=date(2026, 9, 30))
    with pytest.raises(refusals.NoBudget, match="Q3 2026 has no budget"):
        approve(cast.lin, other, claim)
    assert Budget.objects.get().approved_e8 == 0


def test_work_after_an_exit_is_not_approved(cast: Cast) -> None:
    grant()
    claim = sent(cast.chen)
    memberships.declare_exit(member=cast.chen, exited_on=claim.worked_on - timedelta(days=1), by="test", at=AT)
    with pytest.raises(refusals.NotMemberThen):
        approve(cast.lin, claim)


def test_a_refusal_has_a_reason(cast: Cast) -> None:
    claim = sent(cast.chen)
    for text in ("", " \n", "x" * 1001):
        with pytest.raises(refusals.ReasonMissing):
            claims.refuse(claim=claim, reason=text, by=cast.lin, at=AT)
    refused = claims.refuse(claim=claim, reason=" Which commit? ", by=cast.lin, at=AT)
    assert (refused.status, refused.reason, refused.value_e8) == ("rejected", "Which commit?", None)
    *_, entry = entries_about(f"claim/{claim.reference}")
    assert entry.data == {"reason": salted(claim.salt, "Which commit?")}
    assert broken() == []


STATES = ("draft", "pending", "approved", "rejected")
EDGES = {("draft", "pending"), ("pending", "approved"), ("pending", "rejected")}


def in_state(cast: Cast, state: str) -> Claim:
    """A claim in each of the states, through the services."""
    claim = claims.log(work=work(evidence_url="https://example.org/1"), by=cast.chen, at=AT)
    if state != "draft":
        claims.submit(claim=claim, by=cast.chen, at=AT)
    if state == "approved":
        approve(cast.lin, claim)
    if state == "rejected":
        claims.refuse(claim=claim, reason="No.", by=cast.lin, at=AT)
    return claim


@pytest.mark.parametrize(("before", "after"), [edge for edge in product(STATES, STATES) if edge[0] != edge[1]])
def test_the_database_knows_the_states_edges(cast: Cast, before: str, after: str) -> None:
    grant()
    claim = in_state(cast, before)
    decided = f"decided_by_id = {cast.lin.pk}, decided_on = '2026-11-20'"
    columns = {
        "draft": "decided_by_id = NULL, decided_on = NULL, value_e8 = NULL",
        "pending": "decided_by_id = NULL, decided_on = NULL, value_e8 = NULL",
        "approved": f"{decided}, value_e8 = 1",
        "rejected": f"{decided}, value_e8 = NULL",
    }
    change = f"UPDATE treasury_claim SET status = '{after}', {columns[after]} WHERE id = {claim.pk}"
    if (before, after) in EDGES:
        execute(change)
        return
    with pytest.raises(IntegrityError), transaction.atomic():
        execute(change)


FROZEN = [
    "worked_on = worked_on - 1",
    "hours_centi = hours_centi + 1",
    "quarter = '2026-Q3'",
    "description = 'other'",
    "project = 'other'",
    "evidence_url = 'https://other'",
    "submitted_at = now()",
    "salt = 'other'",
    "reference = 'other'",
]


@pytest.mark.parametrize("state", STATES[1:])
@pytest.mark.parametrize("change", FROZEN)
def test_what_was_sent_stays(cast: Cast, state: str, change: str) -> None:
    grant()
    claim = in_state(cast, state)
    with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
        execute(f"UPDATE treasury_claim SET {change} WHERE id = {claim.pk}")
    with pytest.raises(IntegrityError, match="only a draft"), transaction.atomic():
        execute(f"DELETE FROM treasury_claim WHERE id = {claim.pk}")


@pytest.mark.parametrize("change", ["value_e8 = value_e8 - 1", "decided_on = decided_on - 1", "reason = 'other'"])
def test_what_was_decided_stays(cast: Cast, change: str) -> None:
    grant()
    claim = in_state(cast, "approved")
    with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
        execute(f"UPDATE treasury_claim SET {change} WHERE id = {claim.pk}")


def test_texts_can_be_erased(cast: Cast) -> None:
    claim = in_state(cast, "rejected")
    execute(
        "UPDATE treasury_claim SET project = '', description = '', evidence_url = '', reason = '', salt = ''"
        f" WHERE id = {claim.pk}"
    )
    assert broken() == []


def test_verify_names_a_claim_that_was_changed_past_the_guards(cast: Cast) -> None:
    grant()
    claim = in_state(cast, "approved")
    execute("SET session_replication_role = replica")
    for damage, said in (
        ("value_e8 = value_e8 + 1", "the claims give"),
        ("hours_centi = 1", "not what the journal says"),
        ("status = 'rejected', value_e8 = NULL", "not what the journal says"),
        ("quarter = '2026-Q3'", "which has no budget"),
    ):
        point = transaction.savepoint()
        execute(f"UPDATE treasury_claim SET {damage} WHERE id = {claim.pk}")
        assert any(said in sentence for sentence in broken()), damage
        transaction.savepoint_rollback(point)
    execute("UPDATE treasury_claim SET value_e8 = 1", "UPDATE treasury_budget SET approved_e8 = 1")
    assert broken() == [f"treasury_claim {claim.reference}: not what the journal says was sent or decided"]
    execute("SET session_replication_role = origin")


@pytest.mark.parametrize("column", ["headcount", "hours_per_head_centi", "pow_micro", "stipend_micro"])
def test_verify_names_a_grant_that_was_changed_past_the_guards(cast: Cast, column: str) -> None:
    grant()
    assert broken() == []
    execute("SET session_replication_role = replica", f"UPDATE treasury_budget SET {column} = {column} + 1")
    assert broken() == ["treasury_budget 2026-Q4: not what the journal says was granted"]
    execute("SET session_replication_role = origin")


def test_one_grant_a_quarter_by_the_treasurer(cast: Cast) -> None:
    def by(user: Any, quarter: str = "2026-Q4", **changes: int) -> Budget:
        values = {"headcount": 3, "hours_per_head_centi": 4000, "pow_micro": 7, "stipend_micro": 5} | changes
        return budgets.grant(quarter=quarter, by=user, at=AT, **values)

    for user in (cast.otto, cast.user("lin")):
        with pytest.raises(refusals.TreasurerOnly):
            by(user)
    assert by(cast.mira).granted_by == f"user:{cast.mira.pk}"
    with pytest.raises(refusals.BudgetGranted):
        by(cast.mira)
    for field in ("headcount", "hours_per_head_centi", "pow_micro", "stipend_micro"):
        for value in (-1, 10**17):
            with pytest.raises(refusals.UnsoundBudget):
                by(cast.mira, "2027-Q1", **{field: value})
    assert by(cast.mira, "2027-Q2", pow_micro=0, stipend_micro=0).pow_micro == 0
    assert broken() == []
