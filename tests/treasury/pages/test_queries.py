"""Each page asks the database as often for 300 rows as for one."""

from datetime import date, timedelta
from typing import Any

import pytest

from members.models import Member, Membership
from tests.cast import AT, Cast
from tests.treasury.books import MICRO, grant, run_month
from tests.treasury.pages.conftest import SignIn
from treasury.models import Budget, Claim

pytestmark = pytest.mark.django_db
# Page, who reads it, queries; the frame's own (session, user, group, person, counts) are among them.
PAGES = [
    ("/claims/", "lin", 35),
    ("/claims/?show=looks", "lin", 35),
    ("/claims/", "chen", 34),
    ("/claims/C2026Q4-0001/", "lin", 30),
    ("/treasury/", "", 17),
    ("/treasury/ledger/", "", 9),
    ("/treasury/ledger/?kind=pool&asset=U", "", 10),
    ("/treasury/ledger.csv", "", 1),
    ("/treasury/ledger.json", "", 1),
    ("/treasury/months/2026-10/", "", 18),
    ("/treasury/months/2026-09/", "", 19),
    ("/treasury/months/2026-10/lines.json", "", 14),
    ("/treasury/months/2026-10/run/", "mira", 21),
]


def rows(cast: Cast, count: int) -> None:
    """So many members with a claim in each state, in a month that was run and in one that was not."""
    made = [cast.bo]
    if count > 1:
        made += Member.objects.bulk_create(
            Member(handle=f"m{number:03d}", name=f"Member {number}") for number in range(count - 1)
        )
        Membership.objects.bulk_create(
            Membership(member=member, joined_on=date(2026, 1, 1), decided_by="test") for member in made[1:]
        )
    Claim.objects.bulk_create(
        claim
        for number, member in enumerate(made, 1)
        for claim in (
            _claim(f"C2026Q3-{number:04d}", member, date(2026, 9, 1 + number % 28), "approved", cast),
            _claim(f"C2026Q4-{number:04d}", member, date(2026, 10, 1 + number % 28), "pending", cast),
            _claim(f"C2026Q4-1{number:03d}", cast.chen, date(2026, 11, 1 + number % 20), "draft", cast),
        )
    )
    Budget.objects.filter(quarter="2026-Q3").update(approved_e8=count * 120 * MICRO * 100)
    run_month("2026-09")


def _claim(reference: str, member: Member, day: date, status: str, cast: Cast) -> Claim:
    decided = {"decided_by": cast.lin, "decided_on": AT.date(), "value_e8": 120 * MICRO * 100}
    return Claim(
        reference=reference,
        member=member,
        worked_on=day,
        hours_centi=200,
        project=f"Project {reference}",
        description="Reviewed",
        evidence_url="https://code.example/1",
        quarter=reference[1:5] + "-" + reference[5:7],
        status=status,
        submitted_at=None if status == "draft" else AT - timedelta(days=1),
        **(decided if status == "approved" else {}),
    )


@pytest.mark.parametrize("count", [1, 3, 300])
def test_pages_cost_the_same_for_any_number(
    cast: Cast, sign_in: SignIn, django_assert_num_queries: Any, count: int
) -> None:
    grant(100_000, quarter="2026-Q3")
    grant(100_000)
    rows(cast, count)
    for path, who, queries in PAGES:
        browser = sign_in(who)
        with django_assert_num_queries(queries):
            answer = browser.get(path)
            if answer.streaming:
                b"".join(answer.streaming_content)
        assert answer.status_code == 200


@pytest.mark.parametrize("count", [1, 3, 300])
def test_the_preview_costs_the_same_for_any_number(
    cast: Cast, sign_in: SignIn, django_assert_num_queries: Any, count: int
) -> None:
    grant(100_000, quarter="2026-Q3")
    grant(100_000)
    rows(cast, count)
    picked = list(Claim.objects.filter(status="pending").values_list("pk", flat=True))
    browser = sign_in("lin")
    with django_assert_num_queries(9):
        assert browser.post("/claims/picked/preview/", {"claim": picked}).status_code == 200
