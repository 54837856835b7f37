"""The admin's treasury: read by the treasurer, changed by nobody, in a fixed number of queries."""

from datetime import date
from typing import Any

import pytest
from django.contrib.admin import site
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import AT, Cast
from tests.treasury.books import approved, grant, run_month, sent, work
from tests.treasury.pages.conftest import SignIn
from tests.treasury.pages.reading import source, text
from treasury.models import Account, Balance, Budget, Claim, PayoutLine, PayoutRun, Posting, Transfer
from treasury.services import claims

pytestmark = pytest.mark.django_db
MODELS: list[type[models.Model]] = [Account, Balance, Posting, Transfer, PayoutRun, PayoutLine, Budget, Claim]
# Session, user, the roles of the day, permissions, counts, rows; where there is one, the hierarchy of days.
QUERIES_MOST = 20


@pytest.fixture
def books(cast: Cast) -> None:
    """Something of everything."""
    grant()
    approved(cast.chen, cast.lin)
    run_month("2026-10")


@pytest.fixture
def desk(sign_in: SignIn) -> Client:
    """The treasurer's browser."""
    return sign_in("mira")  # type: ignore[no-any-return]


def address(model: type[models.Model], rest: str = "") -> str:
    """A model's pages."""
    return f"/admin/treasury/{model._meta.model_name}/{rest}"


@pytest.mark.parametrize("model", MODELS)
def test_the_treasurer_reads_every_list_and_row(books: None, desk: Client, model: Any) -> None:
    assert desk.get(address(model)).status_code == 200
    row = model.objects.first()
    answer = desk.get(address(model, f"{row.pk}/change/"))
    assert answer.status_code == 200
    assert 'name="_save"' not in source(answer)
    assert "deletelink" not in source(answer)


@pytest.mark.parametrize("model", MODELS)
def test_nobody_changes_a_row(books: None, desk: Client, model: Any) -> None:
    row = model.objects.first()
    before = list(model.objects.order_by("pk").values())
    for path, data in (
        (f"{row.pk}/change/", {"_save": "Save", "amount_micro": "1", "reason": "x"}),
        (f"{row.pk}/delete/", {"post": "yes"}),
        ("add/", {"_save": "Save", "quarter": "2027-Q1", "kind": "pool", "asset": "U"}),
    ):
        assert desk.post(address(model, path), data).status_code == 403
    bulk = {"action": "delete_selected", "_selected_action": [str(row.pk)], "post": "yes"}
    desk.post(address(model), bulk)
    assert list(model.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("model", MODELS)
def test_every_model_has_its_page_and_no_action(books: None, desk: Client, model: Any) -> None:
    assert model in site._registry
    assert '<select name="action"' not in source(desk.get(address(model)))


@pytest.mark.parametrize("who", ["lin", "chen", "noor", "otto"])
def test_others_stay_outside(books: None, sign_in: SignIn, who: str) -> None:
    for model in MODELS:
        assert sign_in(who).get(address(model)).status_code in (302, 403)


def test_lists_cost_the_same_for_any_number(cast: Cast, desk: Client) -> None:
    grant(100_000)
    costs = []
    for rows in (1, 2, 57):
        for number in range(rows):
            approved(cast.chen if number % 2 else cast.bo, cast.lin, worked_on=date(2026, 10, 1 + number % 28))
        run_month("2026-10")
        costs.append({model: cost(desk, model) for model in MODELS})
    assert costs[0] == costs[1] == costs[2]
    assert max(costs[0].values()) <= QUERIES_MOST


def cost(desk: Client, model: type[models.Model]) -> int:
    """How many queries a list makes."""
    with CaptureQueriesContext(connection) as made:
        assert desk.get(address(model)).status_code == 200
    return len(made)


@pytest.mark.parametrize(
    ("model", "search", "found"),
    [
        (Transfer, "pow/C2026Q4-0001/U", 0),
        (Transfer, "grant/2026-Q4", 1),
        (PayoutLine, "stipend-leader/2026-10/lin/U", 1),
        (Claim, "C2026Q4-0001", 1),
        (Claim, "chen", 1),
        (Account, "chen", 2),
    ],
)
def test_rows_are_found_by_their_reference(books: None, desk: Client, model: Any, search: str, found: int) -> None:
    assert source(desk.get(address(model), {"q": search})).count('<th class="field-') == found


def test_a_draft_is_nobody_s_business(cast: Cast, desk: Client) -> None:
    hidden, seen = claims.log(work=work(), by=cast.chen, at=AT), sent(cast.chen)
    shown = text(desk.get(address(Claim)))
    assert (seen.reference in shown, hidden.reference in shown) == (True, False)
    assert desk.get(address(Claim, f"{hidden.pk}/change/")).status_code == 302


def test_budgets_lead_to_the_page_that_grants(books: None, desk: Client) -> None:
    answer = desk.get(address(Budget))
    assert 'href="/treasury/grants/new/"' in source(answer)
    assert "/admin/treasury/budget/add/" not in source(answer)


def test_a_run_leads_to_its_month(books: None, desk: Client) -> None:
    assert 'href="/treasury/months/2026-10/"' in source(desk.get(address(PayoutRun)))
