"""Approving and refusing from the pages: what changes, what is said, what every refusal keeps."""

from datetime import timedelta

import pytest

from members.services import memberships
from tests.cast import AT, DAY, Cast
from tests.treasury.books import approved, grant, sent
from tests.treasury.pages.conftest import SignIn
from tests.treasury.pages.reading import HTMX, announced, picked, source, text, title
from treasury.models import Claim
from treasury.services import claims

pytestmark = pytest.mark.django_db
APPROVE = "/claims/picked/approve/"
ONE = "/claims/picked/one/"


def state(*found: Claim) -> list[str]:
    """The states of claims as they are stored."""
    stored = dict(Claim.objects.values_list("pk", "status"))
    return [stored[claim.pk] for claim in found]


def test_a_plain_post_approves_and_leads_back(cast: Cast, sign_in: SignIn) -> None:
    grant()
    found = [sent(cast.chen), sent(cast.bo)]
    answer = sign_in("lin").post(APPROVE, {"claim": [claim.pk for claim in found]}, follow=True)
    assert answer.redirect_chain == [("/claims/#queue", 302)]
    assert "2 claims approved." in text(answer)
    assert state(*found) == ["approved", "approved"]
    assert Claim.objects.filter(decided_by=cast.lin, decided_on=DAY).count() == 2


def test_the_filter_stays(cast: Cast, sign_in: SignIn) -> None:
    grant()
    answer = sign_in("lin").post(APPROVE, {"claim": sent(cast.chen).pk, "show": "looks"})
    assert answer["Location"] == "/claims/?show=looks#queue"


def test_htmx_gets_what_changed(cast: Cast, sign_in: SignIn) -> None:
    grant()
    done, left = sent(cast.chen), sent(cast.bo, hours_centi=100)
    answer = sign_in("lin").post(APPROVE, {"claim": done.pk}, headers=HTMX)
    changed = source(answer)
    assert answer.status_code == 200
    assert changed.lstrip().startswith('<section class="sect-gap" id="queue"')
    assert "<html" not in changed
    assert picked(answer) == [(left.pk, False)]
    assert announced(answer) == "1 claim approved. 1 left."
    assert '<div id="budgets" hx-swap-oob="true">' in changed
    assert '<div id="claims-lead" hx-swap-oob="true">' in changed
    assert '<span class="count" id="count-claims" hx-swap-oob="true">1</span>' in changed
    assert "1 claim, 1 h, 60 waits for you. Approving all leaves 820 of the 1,000 of Q4 2026." in text(answer)
    assert '<h2 id="queue-h" tabindex="-1" autofocus>' in changed


def test_the_last_one_leaves_an_empty_queue(cast: Cast, sign_in: SignIn) -> None:
    grant()
    answer = sign_in("lin").post(APPROVE, {"claim": sent(cast.chen).pk}, headers=HTMX)
    assert "No claim waits." in text(answer)
    assert 'id="count-claims" hx-swap-oob="true" hidden>0<' in source(answer)


@pytest.mark.parametrize("data", [{}, {"claim": "x"}, {"claim": "9" * 30}, {"claim": "999999"}])
def test_nothing_picked_is_said_above_the_queue(cast: Cast, sign_in: SignIn, data: dict[str, str]) -> None:
    grant()
    found = sent(cast.chen)
    answer = sign_in("lin").post(APPROVE, data)
    assert answer.status_code == 422
    assert title(answer).startswith("Error: ")
    assert text(answer).count("Pick at least one claim.") == 1
    assert source(answer).count('<div class="errors"') == 1
    assert state(found) == ["pending"]
    partial = sign_in("lin").post(APPROVE, data, headers=HTMX)
    assert (partial.status_code, "<html" in source(partial)) == (422, False)
    assert "Pick at least one claim." in text(partial)


def test_more_than_is_left_approves_nothing_and_keeps_the_picks(cast: Cast, sign_in: SignIn) -> None:
    grant(200)
    found = [sent(cast.chen), sent(cast.bo)]
    data = {"claim": [claim.pk for claim in found]}
    answer = sign_in("lin").post(APPROVE, data)
    assert answer.status_code == 422
    assert "Q4 2026 has 200 U left, the claims ask for 240 U." in text(answer)
    assert picked(answer) == [(claim.pk, True) for claim in found]
    assert state(*found) == ["pending", "pending"]
    partial = sign_in("lin").post(APPROVE, data, headers=HTMX)
    assert partial.status_code == 422
    assert 'role="alert" tabindex="-1" autofocus' in source(partial)
    assert "Q4 2026 has 200 U left" in text(partial)


def test_a_quarter_without_a_budget_refuses(cast: Cast, sign_in: SignIn) -> None:
    found = sent(cast.chen)
    answer = sign_in("lin").post(APPROVE, {"claim": found.pk})
    assert answer.status_code == 409
    assert "Q4 2026 has no budget, so nothing can be approved in it." in text(answer)
    assert state(found) == ["pending"]


def test_somebody_was_faster(cast: Cast, sign_in: SignIn) -> None:
    grant()
    mine, gone = sent(cast.chen), approved(cast.bo, cast.lin)
    answer = sign_in("lin").post(APPROVE, {"claim": [mine.pk, gone.pk]})
    assert answer.status_code == 409
    assert f"{gone.reference} does not wait any more: somebody was faster." in text(answer)
    assert "Your decision was not saved." in text(answer)
    assert f"{gone.reference} Approved decided by Lin Wei" in text(answer)
    assert 'data-tone="wait" role="alert" tabindex="-1" autofocus' in source(answer)
    assert state(mine) == ["pending"]
    assert picked(answer) == [(mine.pk, True)]


@pytest.mark.parametrize(
    ("who", "whose", "why"),
    [
        ("lin", "lin", "You cannot decide your own claim."),
        ("chen", "bo", "Only Lin Wei decides this claim."),
        ("bo", "chen", "Only Lin Wei decides this claim."),
        ("chen", "lin", "Only Bo Berg decides this claim."),
    ],
)
def test_who_does_not_decide_is_refused(cast: Cast, sign_in: SignIn, who: str, whose: str, why: str) -> None:
    grant()
    found = sent(getattr(cast, whose))
    for answer in (
        sign_in(who).post(APPROVE, {"claim": found.pk}),
        sign_in(who).post(f"/claims/{found.reference}/refuse/", {"reason": "No."}),
    ):
        assert answer.status_code == 403
        assert why in text(answer)
    assert state(found) == ["pending"]


@pytest.mark.parametrize("who", ["mira", "noor", "otto"])
@pytest.mark.parametrize("path", [APPROVE, ONE, "/claims/picked/preview/", "/claims/C2026Q4-0001/refuse/"])
def test_who_is_no_member_is_refused(cast: Cast, sign_in: SignIn, who: str, path: str) -> None:
    grant()
    found = sent(cast.chen)
    answer = sign_in(who).post(path, {"claim": found.pk, "reason": "No."})
    assert answer.status_code == 403
    assert "Only members of the group" in text(answer)
    assert state(found) == ["pending"]


def test_a_visitor_decides_nothing(cast: Cast, sign_in: SignIn) -> None:
    found = sent(cast.chen)
    for path in (APPROVE, ONE, f"/claims/{found.reference}/refuse/"):
        assert sign_in("").post(path, {"claim": found.pk})["Location"].startswith("/accounts/login/")
    assert state(found) == ["pending"]


def test_reading_never_decides(cast: Cast, sign_in: SignIn) -> None:
    found = sent(cast.chen)
    for path in (APPROVE, ONE, "/claims/picked/preview/", f"/claims/{found.reference}/refuse/"):
        assert sign_in("lin").get(path, {"claim": found.pk}).status_code == 405


def test_a_leader_who_left_decides_nothing(cast: Cast, sign_in: SignIn) -> None:
    grant()
    found = sent(cast.chen)
    memberships.declare_exit(member=cast.lin, exited_on=DAY - timedelta(days=1), by="test", at=AT)
    assert sign_in("lin").post(APPROVE, {"claim": found.pk}).status_code == 403
    assert state(found) == ["pending"]


def test_one_pick_leads_to_its_refusal(cast: Cast, sign_in: SignIn) -> None:
    found = sent(cast.chen)
    address = f"/claims/{found.reference}/#refuse"
    assert sign_in("lin").post(ONE, {"claim": found.pk})["Location"] == address
    assert sign_in("lin").post(ONE, {"claim": found.pk}, headers=HTMX)["HX-Redirect"] == address


@pytest.mark.parametrize("count", [0, 2])
def test_none_or_several_are_not_refused_together(cast: Cast, sign_in: SignIn, count: int) -> None:
    found = [sent(cast.chen), sent(cast.bo)]
    answer = sign_in("lin").post(ONE, {"claim": [claim.pk for claim in found[:count]]})
    assert answer.status_code == 422
    assert "Pick the one claim that you refuse; each needs its reason." in text(answer)
    assert [ticked for _pk, ticked in picked(answer)] == [bool(count)] * 2


def test_a_refusal_has_its_reason(cast: Cast, sign_in: SignIn) -> None:
    found = sent(cast.chen)
    answer = sign_in("lin").post(f"/claims/{found.reference}/refuse/", {"reason": " Another week. "}, follow=True)
    assert answer.redirect_chain == [(f"/claims/{found.reference}/", 302)]
    assert f"{found.reference} is refused. Chen Yu reads why." in text(answer)
    found.refresh_from_db()
    assert (found.status, found.reason, found.decided_by) == ("rejected", "Another week.", cast.lin)
    assert "Lin Wei: Another week." in text(sign_in("chen").get("/claims/"))


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1001])
def test_a_reason_that_is_none_is_asked_for_again(cast: Cast, sign_in: SignIn, reason: str) -> None:
    found = sent(cast.chen)
    answer = sign_in("lin").post(f"/claims/{found.reference}/refuse/", {"reason": reason})
    assert answer.status_code == 422
    assert title(answer).startswith("Error: ")
    assert "Say why, in at most 1,000 characters. The member reads it." in text(answer)
    assert 'aria-invalid="true"' in source(answer)
    assert reason.strip() in source(answer)
    assert state(found) == ["pending"]


def test_a_refusal_that_comes_late_keeps_the_words(cast: Cast, sign_in: SignIn) -> None:
    grant()
    found = approved(cast.chen, cast.lin)
    answer = sign_in("lin").post(f"/claims/{found.reference}/refuse/", {"reason": "Too much."})
    assert answer.status_code == 409
    assert "decided by Lin Wei" in text(answer)
    assert "Too much." in text(answer)
    assert state(found) == ["approved"]


def test_an_approval_from_the_claim_s_page(cast: Cast, sign_in: SignIn) -> None:
    grant()
    found = sent(cast.chen)
    page = sign_in("lin").get(f"/claims/{found.reference}/")
    assert f'name="claim" value="{found.pk}"' in source(page)
    assert sign_in("lin").post(APPROVE, {"claim": found.pk}).status_code == 302
    assert state(found) == ["approved"]


def test_refusing_twice_changes_nothing(cast: Cast, sign_in: SignIn) -> None:
    found = sent(cast.chen)
    claims.refuse(claim=found, reason="First.", by=cast.lin, at=AT)
    assert sign_in("lin").post(f"/claims/{found.reference}/refuse/", {"reason": "Second."}).status_code == 409
    found.refresh_from_db()
    assert found.reason == "First."
