"""The treasury's first page: what the pool holds, has promised and spent, in figures that add up."""

from datetime import date, timedelta

import pytest
from django.test import Client

import charter.selectors
from consulting.services import acceptances
from journal.models import Job
from tests.cast import AT, Cast
from tests.consulting.desk import hourly, session
from tests.treasury.books import MICRO, approved, grant, run_month, sent
from tests.treasury.pages.conftest import SignIn
from tests.treasury.pages.reading import part, source, text
from treasury.services import budgets, payouts

pytestmark = pytest.mark.django_db
PAGE = "/treasury/"


def whole_grant() -> None:
    """POW and stipends for the last quarter of the year."""
    budgets.grant(
        quarter="2026-Q4",
        headcount=3,
        hours_per_head_centi=4000,
        pow_micro=7200 * MICRO,
        stipend_micro=3000 * MICRO,
        by="system:test",
        at=AT,
    )


def test_before_there_is_a_group_the_page_stands(db: None, client: Client) -> None:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    assert "The pool holds 0 U." in text(answer)
    assert "There is no month yet." in text(answer)


def test_everybody_reads_what_the_pool_holds_and_has_promised(cast: Cast, sign_in: SignIn) -> None:
    whole_grant()
    approved(cast.chen, cast.lin, worked_on=date(2026, 10, 5), hours_centi=100)
    for who in ("", "chen", "mira", "otto"):
        shown = text(sign_in(who).get(PAGE))
        # Stipends of October and November: leader 600, two members 200 each, in U and as much in LXP.
        assert "The pool holds 10,200 U. Of this 2,060 U is promised for October 2026 and November 2026" in shown
        assert "2,000 LXP come on top from the DAO." in shown
        assert "Free after what is promised 8,140 U" in shown


def test_the_grant_is_offered_to_the_treasurer_alone(cast: Cast, sign_in: SignIn) -> None:
    assert "/treasury/grants/new/" in source(sign_in("mira").get(PAGE))
    for who in ("", "lin", "otto"):
        assert "/treasury/grants/new/" not in source(sign_in(who).get(PAGE))


def test_what_was_posted_is_not_promised_again(cast: Cast, client: Client) -> None:
    whole_grant()
    run_month("2026-10")
    shown = text(client.get(PAGE))
    assert "The pool holds 9,200 U. Of this 1,000 U is promised for November 2026" in shown
    assert "Posted and not paid out yet 1,000 U 1,000 LXP" in shown
    assert "Out this quarter 1,000 U 3 lines" in shown
    assert "In this quarter 10,200 U 10,200 budget, 0 from clients" in shown


def test_the_sum_leads_from_the_quarter_s_beginning_to_today(cast: Cast, client: Client) -> None:
    grant(500, quarter="2026-Q3")
    whole_grant()
    run_month("2026-10")
    # Both grants are dated on the day they were made.
    total = part(client.get(PAGE), '<dl class="sum">', "</dl>")
    assert total == (
        "On 30 Sep 2026 0 U Budget from the DAO § 7.1.2 + 10,700 U Months’ runs 3 lines § 7.1.2 − 1,000 U Today 9,700 U"
    )


def test_the_pool_s_share_of_consulting_comes_in(cast: Cast, client: Client) -> None:
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen, hours_centi=100)
    acceptances.accept(engagement=engagement, accepted_on=date(2026, 10, 20), by=cast.mira, at=AT)
    run_month("2026-10")
    shown = text(client.get(PAGE))
    assert "Pool’s share of consulting, run over October 2026, 1 line § 7.2.1" in shown
    assert "Run over October 2026, 3 lines § 7.1.2" in shown


def test_the_chart_has_its_numbers_in_words(cast: Cast, client: Client) -> None:
    whole_grant()
    label = part(client.get(PAGE), '<svg class="chart" viewBox="0 0 640 250" role="img" aria-label="', '"')
    assert label == "Balance of the pool in U: 0 on 30 Sep, 10,200 on 20 Nov, 10,200 today."


def test_the_pool_may_promise_more_than_it_holds_and_says_so(cast: Cast, client: Client) -> None:
    run_month("2026-10")
    shown = text(client.get(PAGE))
    assert "The pool holds −1,000 U. 1,000 U is promised for November 2026 and not posted yet" in shown
    assert "That is 2,000 U more than it holds." in shown
    assert "Free after what is promised −2,000 U" in shown


def test_the_budgets_are_bars_and_a_table(cast: Cast, client: Client) -> None:
    whole_grant()
    approved(cast.chen, cast.lin, hours_centi=300)
    sent(cast.bo, hours_centi=100)
    run_month("2026-10")
    answer = client.get(PAGE)
    assert 'aria-label="Monthly stipends: 2,000 of 3,000 used, 1,000 left"' in source(answer)
    assert 'aria-label="POW hours: 240 of 7,200 used, 6,960 left"' in source(answer)
    table = part(answer, "The same as a table</summary>", "</details>")
    assert "Monthly stipends 3,000 1,000 1,000 0 1,000" in table
    assert "POW hours 7,200 0 180 60 6,960" in table
    assert "The thin mark is today: 51 of 92 days, 55 %." in text(answer)


def test_a_quarter_without_a_budget_says_who_grants_it(cast: Cast, client: Client) -> None:
    assert "No budget was granted for Q4 2026 yet." in text(client.get(PAGE))


def test_every_month_has_its_state(cast: Cast, client: Client) -> None:
    completed_at = run_month("2026-09").completed_at
    assert completed_at is not None
    # Jobs are timed by the database's clock, told in the group's zone.
    notice = charter.selectors.today(completed_at) + timedelta(days=5)
    payouts.start(month="2026-08", by="system:test", at=AT)
    Job.objects.filter(finished_at=None).update(done=1, total=4)
    table = part(client.get(PAGE), 'aria-labelledby="months-h">', "</table>")
    assert "November 2026 Not over yet 0 0 0 October 2026 Ready to run 0 0 0 September 2026 Posted" in table
    assert f"run on Fri 20 Nov 2026, public notice until {notice:%a %-d %b %Y} 6 1,000 1,000" in table
    assert "August 2026 Running 1 of 4 people" in table


def test_months_have_pages(db: None, client: Client) -> None:
    from tests.cast import assemble

    assemble(founded_on=date(2025, 1, 15))
    first, second = text(client.get(PAGE)), text(client.get(PAGE, {"page": "2"}))
    assert "Lines 1 to 12 of 23" in first
    assert "January 2025" in second
    assert "December 2024" not in second
