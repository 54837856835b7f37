"""The treasurer's pages: what is entered goes through the services, what they refuse stands beside its field."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import charter.selectors
from consulting.models import Engagement, Session, Weight
from consulting.services import engagements
from tests.cast import AT, Cast
from tests.consulting.desk import MICRO, fixed, harbor, hourly, session
from treasury.models import Balance

ADD_ENGAGEMENT = "/admin/consulting/engagement/add/"
ADD_SESSION = "/admin/consulting/session/add/"


@pytest.fixture
def desk(cast: Cast, client: Client) -> Client:
    """A browser in which the treasurer is signed in."""
    client.force_login(cast.mira)
    return client


def engagement_fields(**changes: Any) -> dict[str, Any]:
    """A sound engagement by the hour for a new client."""
    return {
        "reference": "E-7",
        "new_client": "Tidepool DAO",
        "title": "Advice",
        "pricing": "hourly",
        "opened_on": "2026-10-01",
    } | changes


def session_fields(engagement: Engagement, cast: Cast, **changes: Any) -> dict[str, Any]:
    """A sound session by the hour."""
    return {
        "reference": "S-7",
        "engagement": engagement.pk,
        "member": cast.chen.pk,
        "held_on": "2026-10-19",
        "hours": "1.25",
        "rate": "150.123457",
    } | changes


def accept_page(engagement: Engagement) -> str:
    """Where an engagement is accepted."""
    return reverse("admin:consulting_engagement_accept", args=[engagement.pk])


@pytest.mark.parametrize("who", ["lin", "bo", "noor", "otto"])
def test_nobody_else_comes_in(cast: Cast, client: Client, who: str) -> None:
    engagement = hourly(cast)
    client.force_login(cast.user(who))
    for address in (ADD_ENGAGEMENT, ADD_SESSION, accept_page(engagement), "/admin/consulting/engagement/"):
        for answer in (client.get(address), client.post(address, engagement_fields())):
            assert answer.status_code in (302, 403)
    assert list(Engagement.objects.values_list("reference", flat=True)) == ["E-1"]


def test_an_engagement_is_entered(desk: Client) -> None:
    assert desk.get(ADD_ENGAGEMENT).status_code == 200
    answer = desk.post(ADD_ENGAGEMENT, engagement_fields(pricing="fixed", price="1000.000001"), follow=True)
    assert answer.redirect_chain[0][0] == f"/admin/consulting/engagement/{Engagement.objects.get().pk}/change/"
    assert b"E-7 Advice is on record." in answer.content
    stored = Engagement.objects.get()
    assert (stored.client.name, stored.price_micro) == ("Tidepool DAO", 1_000_000_001)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"reference": "E 7"}, "1 to 40 letters"),
        ({"reference": "E-1"}, "used already"),
        ({"price": "5"}, "Leave the price empty"),
        ({"pricing": "fixed"}, "needs its price"),
        ({"price": "0.0000001", "pricing": "fixed"}, "6 decimal places"),
        ({"new_client": ""}, "name a new one"),
        ({"opened_on": "soon"}, "valid date"),
    ],
)
def test_what_is_refused_is_said_and_kept(desk: Client, cast: Cast, changes: dict[str, Any], says: str) -> None:
    hourly(cast)
    answer = desk.post(ADD_ENGAGEMENT, engagement_fields(**changes))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert "Nothing was saved" in answer.content.decode()
    assert 'value="Advice"' in answer.content.decode()
    assert Engagement.objects.count() == 1


def test_a_client_is_entered_once_and_gets_an_address_once(desk: Client) -> None:
    add = "/admin/treasury/client/add/"
    desk.post(add, {"name": "Harbor Labs"})
    assert desk.post(add, {"name": "Harbor Labs"}).status_code == 422
    assert desk.post(add, {"name": "Harbor Labs", "email": "olga@harbor.example"}).status_code == 302
    assert desk.post(add, {"name": "Harbor Labs", "email": "eve@harbor.example"}).status_code == 422
    stored = harbor()
    assert stored.user is not None
    assert (stored.email, stored.user.email) == ("olga@harbor.example", "olga@harbor.example")
    assert "olga@harbor.example" in desk.get("/admin/treasury/client/").content.decode()


def test_a_listed_client_is_chosen(desk: Client) -> None:
    desk.post(ADD_ENGAGEMENT, engagement_fields(new_client="", client=harbor().pk))
    assert Engagement.objects.get().client == harbor()


def test_a_session_is_entered_and_put_right(desk: Client, cast: Cast) -> None:
    engagement = hourly(cast)
    assert f'value="{engagement.pk}" selected' in desk.get(f"{ADD_SESSION}?engagement={engagement.pk}").content.decode()
    desk.post(ADD_SESSION, session_fields(engagement, cast))
    stored = Session.objects.get()
    assert (stored.hours_centi, stored.rate_micro) == (125, 150_123_457)
    page = reverse("admin:consulting_session_correct", args=[stored.pk])
    shown = desk.get(page).content.decode()
    assert 'value="1.25"' in shown
    assert 'value="150.123457"' in shown
    assert desk.post(page, {"held_on": "2026-10-20", "hours": "10.01", "rate": "150"}).status_code == 422
    desk.post(page, {"held_on": "2026-10-20", "hours": "10", "rate": "150"})
    stored.refresh_from_db()
    assert (stored.held_on.isoformat(), stored.hours_centi) == ("2026-10-20", 1000)


def test_a_full_week_is_said_beside_the_hours(desk: Client, cast: Cast) -> None:
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen, hours_centi=900)
    answer = desk.post(ADD_SESSION, session_fields(engagement, cast))
    assert answer.status_code == 422
    assert "at most 10" in str(answer.context["form"].errors["hours"])


def test_accepted_engagements_are_not_offered(desk: Client, cast: Cast) -> None:
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen)
    assert f'<option value="{engagement.pk}">E-1' in desk.get(ADD_SESSION).content.decode()
    _accept(desk, engagement)
    assert f'<option value="{engagement.pk}">E-1' not in desk.get(ADD_SESSION).content.decode()
    change = reverse("admin:consulting_engagement_change", args=[engagement.pk])
    assert accept_page(engagement) not in desk.get(change).content.decode()


def _accept(desk: Client, engagement: Engagement, **changes: str) -> Any:
    shown = desk.get(accept_page(engagement)).context
    fields = {"accepted_on": shown["day"].isoformat(), "seal": shown["seal"]} | changes
    return desk.post(accept_page(engagement), fields)


def test_acceptance_shows_the_sum_and_fixes_exactly_that(desk: Client, cast: Cast) -> None:
    engagement = fixed(cast, price_micro=100 * MICRO)
    session(cast, engagement, "S-1", cast.chen)
    text = desk.get(accept_page(engagement)).content.decode()
    assert all(part in text for part in ("Accept 100.00", "80.00", "20.00", "chen", "Harbor Labs"))
    assert _accept(desk, engagement).status_code == 302
    engagement.refresh_from_db()
    assert engagement.accepted_on is not None
    assert Balance.objects.get(account__kind="escrow").amount_micro == 100 * MICRO


def test_what_changed_since_it_was_shown_is_not_accepted(desk: Client, cast: Cast) -> None:
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen)
    seal = desk.get(accept_page(engagement)).context["seal"]
    session(cast, engagement, "S-2", cast.bo)
    answer = _accept(desk, engagement, seal=seal)
    assert answer.status_code == 409
    assert "have changed since you looked" in answer.content.decode()
    assert answer.context["seal"] != seal
    assert Engagement.objects.get().accepted_on is None


@pytest.mark.parametrize(("days", "says"), [(1, "has not come yet"), (-400, "cannot be accepted")])
def test_an_impossible_day_is_refused(desk: Client, cast: Cast, days: int, says: str) -> None:
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen)
    # Days are the group's: in the evening of UTC it is tomorrow there.
    day = (charter.selectors.today(timezone.now()) + timedelta(days=days)).isoformat()
    answer = _accept(desk, engagement, accepted_on=day)
    assert answer.status_code == 422
    assert says in answer.content.decode()


def test_nothing_to_accept_has_no_button(desk: Client, cast: Cast) -> None:
    for engagement in (hourly(cast), fixed(cast)):
        text = desk.get(accept_page(engagement)).content.decode()
        assert "cannot be accepted as it stands" in text
        assert 'name="seal"' not in text


def test_weights_are_agreed(desk: Client, cast: Cast) -> None:
    engagement = fixed(cast)
    page = reverse("admin:consulting_engagement_weights", args=[engagement.pk])
    desk.post(page, {"weight_bo": "3", "weight_chen": "", "weight_lin": "1"})
    assert sorted(Weight.objects.values_list("member__handle", "weight")) == [("bo", 3), ("lin", 1)]
    assert 'value="3"' in desk.get(page).content.decode()
    assert desk.post(page, {"weight_bo": "0"}).status_code == 422
    assert Weight.objects.count() == 2


def test_nothing_is_deleted_or_saved_past_the_services(desk: Client, cast: Cast) -> None:
    engagement = hourly(cast)
    stored = session(cast, engagement, "S-1", cast.chen)
    for model, pk in (("engagement", engagement.pk), ("session", stored.pk)):
        assert desk.get(f"/admin/consulting/{model}/{pk}/delete/").status_code == 403
        assert desk.post(f"/admin/consulting/{model}/{pk}/change/", {"hours_centi": "1"}).status_code == 403
        desk.post(f"/admin/consulting/{model}/", {"action": "delete_selected", "_selected_action": pk})
    assert (Engagement.objects.count(), Session.objects.get().hours_centi) == (1, 200)


def test_lists_and_rows_can_be_read(desk: Client, cast: Cast) -> None:
    engagement = fixed(cast)
    engagements.set_weights(engagement=engagement, weights={cast.bo: 1}, by=cast.mira, at=AT)
    _accept(desk, engagement)
    for address in ("engagement/", f"engagement/{engagement.pk}/change/", "session/", "share/"):
        assert desk.get(f"/admin/consulting/{address}").status_code == 200
    assert "consulting/F-1/bo" in desk.get("/admin/consulting/share/").content.decode()
