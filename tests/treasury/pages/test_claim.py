"""One claim's page: who sees it, what it says, which line it led to."""

from datetime import date, timedelta

import pytest

from members.services import memberships
from tests.cast import AT, DAY, Cast
from tests.treasury.books import approved, grant, run_month, sent
from tests.treasury.pages.conftest import SignIn
from tests.treasury.pages.reading import source, text
from treasury.services import claims

pytestmark = pytest.mark.django_db


def test_all_facts_and_both_decisions_for_the_decider(cast: Cast, sign_in: SignIn) -> None:
    claim = sent(cast.chen, hours_centi=150, evidence_url="https://code.example/pulls/88")
    answer = sign_in("lin").get(f"/claims/{claim.reference}/")
    shown = text(answer)
    assert "1.5 h × 60 = 90: 90 U § 7.1.2.3" in shown
    for words in ("Member Chen Yu", "Day Mon 2 Nov 2026", "Project Portal", "code.example/…/88", "(UTC+8)"):
        assert words in shown
    assert "Approve 1.5 h" in shown
    assert "Refuse this claim" in shown
    assert 'rel="nofollow noopener noreferrer"' in source(answer)


@pytest.mark.parametrize(
    ("who", "why"), [("bo", "Only Lin Wei decides this claim. § 6.1"), ("chen", "You cannot decide your own claim.")]
)
def test_who_does_not_decide_reads_why(cast: Cast, sign_in: SignIn, who: str, why: str) -> None:
    answer = sign_in(who).get(f"/claims/{sent(cast.chen).reference}/")
    assert 'aria-disabled="true" aria-describedby="decide-why"' in source(answer)
    assert why in text(answer)
    assert "/refuse/" not in source(answer)


def test_why_to_look_stands_on_the_page(cast: Cast, sign_in: SignIn) -> None:
    claim = sent(cast.chen, hours_centi=1100)
    assert "11 h are claimed for this day." in text(sign_in("lin").get(f"/claims/{claim.reference}/"))


def test_an_approved_claim_waits_for_its_run_and_then_names_its_line(cast: Cast, sign_in: SignIn) -> None:
    grant()
    claim = approved(cast.chen, cast.lin, worked_on=date(2026, 10, 5))
    page = f"/claims/{claim.reference}/"
    assert "It comes with the next run over October 2026." in text(sign_in("chen").get(page))
    run_month("2026-10")
    answer = sign_in("chen").get(page)
    assert f"pow/{claim.reference}/U 120 U § 7.1.2.3 posted by run 1 on Fri 20 Nov 2026" in text(answer)
    assert '<a href="/treasury/months/2026-10/">' in source(answer)
    assert "Decided Lin Wei, Fri 20 Nov 2026" in text(answer)


def test_a_line_that_vanished_is_shown_with_its_correction(cast: Cast, sign_in: SignIn) -> None:
    grant()
    claim = approved(cast.chen, cast.lin, worked_on=date(2026, 10, 5))
    run_month("2026-10")
    memberships.declare_exit(member=cast.chen, exited_on=date(2026, 10, 4), by="test", at=AT)
    run_month("2026-10")
    shown = text(sign_in("lin").get(f"/claims/{claim.reference}/"))
    assert f"pow/{claim.reference}/U 120 U" in shown
    assert f"pow/{claim.reference}/U#2 −120 U" in shown


def test_a_refused_claim_says_by_whom_and_why(cast: Cast, sign_in: SignIn) -> None:
    claim = sent(cast.chen)
    claims.refuse(claim=claim, reason="The link shows\nanother week.", by=cast.lin, at=AT)
    answer = sign_in("bo").get(f"/claims/{claim.reference}/")
    assert "Reason The link shows another week." in text(answer)
    assert "The link shows<br>another week." in source(answer)


@pytest.mark.parametrize("reference", ["C2026Q4-9999", "no such", "%01", "..%2f", "x" * 300])
def test_there_is_nothing_at_other_addresses(cast: Cast, sign_in: SignIn, reference: str) -> None:
    assert sign_in("lin").get(f"/claims/{reference}/").status_code == 404


@pytest.mark.parametrize("who", ["mira", "noor", "otto"])
def test_only_members_read_a_claim(cast: Cast, sign_in: SignIn, who: str) -> None:
    assert sign_in(who).get(f"/claims/{sent(cast.chen).reference}/").status_code == 403


def test_who_left_still_reads_the_own_claims(cast: Cast, sign_in: SignIn) -> None:
    claim = sent(cast.chen)
    memberships.declare_exit(member=cast.chen, exited_on=DAY - timedelta(days=1), by="test", at=AT)
    assert sign_in("chen").get(f"/claims/{claim.reference}/").status_code == 200
