"""The queue of claims: who sees what, what a pick would do, which claims need a look."""

from datetime import date, timedelta

import pytest
from django.test import Client

from members.services import memberships
from tests.cast import AT, DAY, Cast
from tests.charter.history import amend
from tests.treasury.books import approved, grant, sent
from tests.treasury.pages.conftest import SignIn
from tests.treasury.pages.reading import HTMX, picked, source, text
from treasury.selectors.pages import queue

pytestmark = pytest.mark.django_db
PAGE = "/claims/"
YESTERDAY = DAY - timedelta(days=1)
PREVIEW = "/claims/picked/preview/"


def test_a_visitor_signs_in_first(cast: Cast, client: Client) -> None:
    answer = client.get(PAGE)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/claims/")


@pytest.mark.parametrize("who", ["mira", "noor", "otto"])
def test_only_members_read_claims(sign_in: SignIn, who: str) -> None:
    answer = sign_in(who).get(PAGE)
    assert answer.status_code == 403
    assert "Only members of the group read and make claims." in text(answer)


def test_the_leader_picks_from_what_others_sent(cast: Cast, sign_in: SignIn) -> None:
    grant()
    first = sent(cast.chen, hours_centi=150, description="Rewrote the decoder")
    second = sent(cast.bo, hours_centi=250)
    own = sent(cast.lin)
    answer = sign_in("lin").get(PAGE)
    shown = text(answer)
    assert picked(answer) == [(first.pk, False), (second.pk, False)]
    assert "2 claims, 4 h, 240 wait for you. Approving all leaves 760 of the 1,000 of Q4 2026." in shown
    assert "Rewrote the decoder" in shown
    assert "You cannot decide your own claims. Bo Berg decides them." in shown
    assert f'value="{own.pk}"' not in source(answer)
    assert "Approve picked claims" in shown


def test_the_budget_is_a_bar_and_a_legend(cast: Cast, sign_in: SignIn) -> None:
    grant()
    approved(cast.chen, cast.lin, hours_centi=300)
    sent(cast.chen, hours_centi=100)
    answer = sign_in("chen").get(PAGE)
    assert 'aria-label="1,000 in all: 0 in a month’s run, 180 approved, 60 waiting, 760 left"' in source(answer)
    assert "Left 760 = 12.66 h" in text(answer)
    assert "1,000 granted for 3 members" in text(answer)


def test_a_formula_that_was_granted_is_shown(cast: Cast, sign_in: SignIn) -> None:
    grant(7200)
    assert "60 × 40 h × 3 members = 7,200" in text(sign_in("lin").get(PAGE))


def test_without_a_budget_the_page_says_what_follows(cast: Cast, sign_in: SignIn) -> None:
    sent(cast.chen)
    shown = text(sign_in("lin").get(PAGE))
    assert "No budget was granted for Q4 2026 yet, so nothing can be approved in it." in shown
    assert "Approving all leaves" not in shown


def test_more_than_is_left_is_said(cast: Cast, sign_in: SignIn) -> None:
    grant(100)
    sent(cast.chen, hours_centi=200)
    shown = text(sign_in("lin").get(PAGE))
    assert "That is 20 more than Q4 2026 has left." in shown
    assert "What waits is 20 more than is left: not all of it can be approved." in shown


def test_a_member_reads_the_queue_and_picks_nothing(cast: Cast, sign_in: SignIn) -> None:
    grant()
    sent(cast.bo, description="Moderated the call")
    answer = sign_in("chen").get(PAGE)
    assert picked(answer) == []
    assert "Moderated the call" in text(answer)
    assert "Nothing waits for you. 1 claim, 2 h, 120 of another member waits for its decision." in text(answer)
    assert "Lin Wei leads the group and decides the members’ claims. Bo Berg decides those of Lin Wei." in text(answer)
    assert "/claims/picked/" not in source(answer)


def test_the_deputy_picks_the_leader_s_claims_only(cast: Cast, sign_in: SignIn) -> None:
    grant()
    sent(cast.chen)
    own = sent(cast.lin, hours_centi=100)
    answer = sign_in("bo").get(PAGE)
    assert picked(answer) == [(own.pk, False)]
    assert "1 claim, 1 h, 60 waits for you. Approving all leaves 940 of the 1,000 of Q4 2026." in text(answer)
    assert "You decide those of Lin Wei." in text(answer)


def test_without_a_deputy_any_member_decides_the_leader_s(cast: Cast, sign_in: SignIn) -> None:
    own = sent(cast.lin)
    memberships.declare_exit(member=cast.bo, exited_on=YESTERDAY, by="test", at=AT)
    assert picked(sign_in("chen").get(PAGE)) == [(own.pk, False)]
    assert "Any other member may decide those of Lin Wei." in text(sign_in("chen").get(PAGE))
    assert "You cannot decide your own claims. Any other member may." in text(sign_in("lin").get(PAGE))


def test_without_a_leader_claims_wait(cast: Cast, sign_in: SignIn) -> None:
    sent(cast.chen)
    memberships.declare_exit(member=cast.lin, exited_on=YESTERDAY, by="test", at=AT)
    answer = sign_in("bo").get(PAGE)
    assert picked(answer) == []
    assert "Nobody leads the group now, so claims wait until a leader is seated." in text(answer)


def test_the_preview_says_what_approving_would_do(cast: Cast, sign_in: SignIn) -> None:
    grant()
    claims = [sent(cast.chen, hours_centi=150), sent(cast.bo, hours_centi=250)]
    answer = sign_in("lin").post(PREVIEW, {"claim": [claim.pk for claim in claims]}, headers=HTMX)
    assert source(answer).lstrip().startswith('<div class="bulk" id="bulk"')
    assert "2 claims picked: 4 h, 240 = 240 U. Then 240 of 1,000 of Q4 2026 is approved." in text(answer)
    assert "Approve 2 claims" in text(answer)


def test_one_pick_may_be_refused_several_may_not(cast: Cast, sign_in: SignIn) -> None:
    grant()
    claims = [sent(cast.chen), sent(cast.bo)]
    one, two = (
        source(sign_in("lin").post(PREVIEW, {"claim": [claim.pk for claim in claims[:count]]})) for count in (1, 2)
    )
    assert "aria-disabled" not in one
    assert 'aria-disabled="true" aria-describedby="bulk-one"' in two


def test_the_preview_meets_the_refusal_first(cast: Cast, sign_in: SignIn) -> None:
    grant(100)
    claim = sent(cast.chen, hours_centi=200)
    answer = sign_in("lin").post(PREVIEW, {"claim": claim.pk}, headers=HTMX)
    assert "Q4 2026 has 100 U left, the claims ask for 120 U. Approve fewer; nothing was approved." in text(answer)
    assert 'data-kind="primary" aria-disabled="true" aria-describedby="bulk-why"' in source(answer)


def test_the_preview_counts_only_what_the_reader_decides(cast: Cast, sign_in: SignIn) -> None:
    grant()
    claims = [sent(cast.chen).pk, sent(cast.lin).pk, approved(cast.bo, cast.lin).pk]
    answer = sign_in("lin").post(PREVIEW, {"claim": [*claims, "x", "9" * 30, "-1", "²"]}, headers=HTMX)
    assert "1 claim picked: 2 h, 120 = 120 U." in text(answer)
    nothing = sign_in("chen").post(PREVIEW, {"claim": claims}, headers=HTMX)
    assert "Approve picked claims" in text(nothing)


def test_several_quarters_each_have_their_bar(cast: Cast, sign_in: SignIn) -> None:
    grant(quarter="2026-Q4")
    grant(500, quarter="2026-Q3")
    claims = [sent(cast.chen).pk, sent(cast.chen, worked_on=date(2026, 9, 30)).pk]
    assert "POW budget, Q3 2026" in text(sign_in("lin").get(PAGE))
    answer = sign_in("lin").post(PREVIEW, {"claim": claims}, headers=HTMX)
    assert "Then 120 of 500 of Q3 2026 is approved. Then 120 of 1,000 of Q4 2026 is approved." in text(answer)


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ({"hours_centi": 600}, {"hours_centi": 500}, "11 h are claimed for this day."),
        (
            {"evidence_url": "https://x.example/7"},
            {"evidence_url": "https://x.example/7", "worked_on": date(2026, 11, 3)},
            "Same link as claim C2026Q4-0001, which waits too.",
        ),
    ],
)
def test_what_needs_a_look_says_why(
    cast: Cast, sign_in: SignIn, first: dict[str, object], second: dict[str, object], why: str
) -> None:
    sent(cast.chen, **first)
    sent(cast.chen, **second)
    plain = sent(cast.bo, description="Nothing special")
    answer = sign_in("lin").get(PAGE, {"show": "looks"})
    assert why in text(answer)
    assert plain.pk not in dict(picked(answer))
    assert len(picked(answer)) == 2
    assert "Needs a look 2" in text(answer)
    assert "All 3" in text(answer)


def test_the_same_link_as_an_approved_claim_names_its_day(cast: Cast, sign_in: SignIn) -> None:
    grant()
    link = "https://x.example/7"
    approved(cast.bo, cast.lin, evidence_url=link)
    sent(cast.chen, evidence_url=link)
    assert "Same link as claim C2026Q4-0001, approved on 20 Nov 2026." in text(sign_in("lin").get(PAGE))


def test_work_after_leaving_needs_a_look(cast: Cast, sign_in: SignIn) -> None:
    sent(cast.chen)
    memberships.declare_exit(member=cast.chen, exited_on=date(2026, 11, 1), by="test", at=AT)
    shown = text(sign_in("lin").get(PAGE, {"show": "looks"}))
    assert "Worked on a day outside of membership: it cannot be approved." in shown


def test_nothing_to_look_at_offers_all(cast: Cast, sign_in: SignIn) -> None:
    sent(cast.chen)
    assert "Nothing needs a look." in text(sign_in("lin").get(PAGE, {"show": "looks"}))


def test_an_empty_queue_says_what_comes(cast: Cast, sign_in: SignIn) -> None:
    shown = text(sign_in("lin").get(PAGE))
    assert "No claim waits. Members log their hours below and send them" in shown
    assert "No claim of another member waits for a decision." in shown


def test_what_somebody_typed_stays_text(cast: Cast, sign_in: SignIn) -> None:
    sent(cast.chen, description="<script>alert(1)</script>", project='"><img onerror=x>')
    answer = source(sign_in("lin").get(PAGE))
    assert "<script>alert" not in answer
    assert "<img" not in answer


def test_lxp_has_its_own_column_where_it_is_paid(cast: Cast, sign_in: SignIn) -> None:
    amend(date(2026, 11, 1), {"pow.lxp_share": "25%", "lxp.per_u": "2"})
    grant()
    claim = sent(cast.chen)
    answer = sign_in("lin").get(PAGE)
    assert '<td role="cell" data-label="U" class="n">90</td>' in source(answer)
    assert '<td role="cell" data-label="LXP" class="n">60</td>' in source(answer)
    bar = sign_in("lin").post(PREVIEW, {"claim": claim.pk}, headers=HTMX)
    assert "2 h, 120 = 90 U + 60 LXP." in text(bar)


def test_a_long_queue_shows_the_oldest_and_says_how_many_follow(
    cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MOST", 2)
    found = [sent(cast.chen, worked_on=date(2026, 11, 1 + number)) for number in range(3)]
    answer = sign_in("lin").get(PAGE)
    assert [pk for pk, _ticked in picked(answer)] == [claim.pk for claim in found[:2]]
    assert "1 more waits. It appears when these are decided." in text(answer)
    assert "3 claims, 6 h, 360 wait for you." in text(answer)
