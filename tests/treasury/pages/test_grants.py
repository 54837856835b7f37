"""The treasurer's grant: suggested by the charter's formula, granted once, refused with what was typed kept."""

from datetime import date
from typing import Any

import pytest

from tests.cast import Cast
from tests.charter.history import amend
from tests.treasury.books import MICRO, balance, grant
from tests.treasury.pages.conftest import SignIn
from tests.treasury.pages.reading import HTMX, source, text, title
from treasury.models import Budget

pytestmark = pytest.mark.django_db
PAGE = "/treasury/grants/new/"
SUGGESTION = "/treasury/grants/suggestion/"


def typed(**changes: Any) -> dict[str, Any]:
    """A sound grant."""
    return {
        "quarter": "2026-Q4",
        "headcount": "7",
        "hours_per_head": "40",
        "pow_u": "16800",
        "stipend_u": "5400.5",
    } | changes


@pytest.mark.parametrize("who", ["lin", "bo", "chen", "noor", "otto"])
def test_nobody_else_grants(cast: Cast, sign_in: SignIn, who: str) -> None:
    for answer in (
        sign_in(who).get(PAGE),
        sign_in(who).post(PAGE, typed()),
        sign_in(who).post(SUGGESTION, typed()),
    ):
        assert answer.status_code == 403
        assert "Only the treasurer does this." in text(answer)
    assert not Budget.objects.exists()


def test_a_visitor_signs_in_first(cast: Cast, sign_in: SignIn) -> None:
    for path in (PAGE, SUGGESTION):
        assert sign_in("").post(path, typed())["Location"].startswith("/accounts/login/")
    assert not Budget.objects.exists()


def test_the_form_begins_with_the_charter_s_formula(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in("mira").get(PAGE)
    assert "POW by the charter’s formula: 60 × 40 h × 3 = 7,200 § 7.1.1" in text(answer)
    assert "Stipends of three months, the part in U: (1,200 + 2 × 400) × 3 × 50 % = 3,000 § 7.1.2.2" in text(answer)
    for name, value in (("quarter", "2026-Q4"), ("headcount", "3"), ("hours_per_head", "40"), ("pow_u", "7200")):
        assert f'name="{name}" value="{value}"' in source(answer)


def test_a_granted_quarter_is_followed_by_the_next(cast: Cast, sign_in: SignIn) -> None:
    grant()
    assert 'name="quarter" value="2027-Q1"' in source(sign_in("mira").get(PAGE))


def test_a_budget_is_granted(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in("mira").post(PAGE, typed(), follow=True)
    assert answer.redirect_chain == [("/treasury/", 302)]
    assert "The budget of Q4 2026 is granted and in the pool." in text(answer)
    made = Budget.objects.get()
    assert (made.quarter, made.headcount, made.hours_per_head_centi) == ("2026-Q4", 7, 4000)
    assert (made.pow_micro, made.stipend_micro) == (16800 * MICRO, 5400 * MICRO + MICRO // 2)
    assert made.granted_by == f"user:{cast.mira.pk}"
    assert balance("pool") == 22200 * MICRO + MICRO // 2


def test_thousands_commas_are_read(cast: Cast, sign_in: SignIn) -> None:
    sign_in("mira").post(PAGE, typed(pow_u="16,800.000001"))
    assert Budget.objects.get().pow_micro == 16800 * MICRO + 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"quarter": "Q4 2026"}, "Quarter: “Q4 2026” is not a quarter. Write it like 2026-Q3."),
        ({"quarter": "2026-Q5"}, "Quarter: “2026-Q5” is not a quarter."),
        ({"quarter": ""}, "Quarter: Enter the quarter like 2026-Q4."),
        ({"quarter": "2026-Q4-and-more"}, "Quarter: Enter the quarter like 2026-Q4."),
        ({"headcount": "-1"}, "Expected members: Enter a whole number of 0 or more."),
        ({"headcount": "1.5"}, "Expected members: Enter a whole number of 0 or more."),
        ({"headcount": "1000001"}, "Expected members: Enter a number that is not below zero"),
        ({"headcount": "9" * 40}, "Expected members: Enter a number that is not below zero"),
        ({"hours_per_head": "x"}, "Hours per head: Enter a number of 0 or more"),
        ({"hours_per_head": "1.005"}, "Hours per head: "),
        ({"pow_u": "-1"}, "Granted for POW, U: Enter a number of 0 or more"),
        ({"pow_u": "NaN"}, "Granted for POW, U: Enter a number of 0 or more"),
        ({"pow_u": "0.0000001"}, "Granted for POW, U: "),
        ({"pow_u": "99999999999"}, "Granted for POW, U: "),
        ({"stipend_u": ""}, "Granted for stipends, U: Enter a number of 0 or more"),
    ],
)
def test_what_is_wrong_is_said_and_kept(cast: Cast, sign_in: SignIn, changes: dict[str, str], says: str) -> None:
    data = typed(**changes)
    answer = sign_in("mira").post(PAGE, data)
    assert answer.status_code == 422
    assert title(answer).startswith("Error: ")
    assert says in text(answer)
    for name in {"headcount", "stipend_u", "pow_u"} - set(changes):
        assert f'name="{name}" value="{data[name]}"' in source(answer)
    assert not Budget.objects.exists()


def test_a_quarter_is_granted_once(cast: Cast, sign_in: SignIn) -> None:
    grant(10)
    answer = sign_in("mira").post(PAGE, typed())
    assert answer.status_code == 422
    assert "Quarter: Q4 2026 has its budget already. One is granted a quarter." in text(answer)
    assert Budget.objects.get().pow_micro == 10 * MICRO


def test_the_suggestion_follows_what_is_typed(cast: Cast, sign_in: SignIn) -> None:
    amend(date(2027, 1, 1), {"pow.hourly_rate": "62.5", "stipend.member": "500"})
    answer = sign_in("mira").post(SUGGESTION, typed(quarter="2027-Q1", hours_per_head="10.5"), headers=HTMX)
    assert source(answer).lstrip().startswith('<div class="note" id="suggestion"')
    assert "62.5 × 10.5 h × 7 = 4,593.75" in text(answer)
    assert "(1,200 + 6 × 500) × 3 × 50 % = 6,300" in text(answer)
    assert "stands here once" in text(sign_in("mira").post(SUGGESTION, {"quarter": "x"}, headers=HTMX))


def test_without_a_script_a_button_works_it_out(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in("mira").post(PAGE, typed(suggest="1"))
    assert answer.status_code == 200
    assert "60 × 40 h × 7 = 16,800" in text(answer)
    assert not Budget.objects.exists()


def test_nobody_in_the_group_suggests_nothing(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in("mira").post(SUGGESTION, typed(headcount="0"))
    assert "60 × 40 h × 0 = 0" in text(answer)
    assert "(0 + 0 × 400) × 3 × 50 % = 0" in text(answer)
