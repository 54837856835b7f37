"""Opening, recording, correcting, agreeing weights: each rule where it would break, with what is kept of it."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from charter.services import editions
from consulting import refusals
from consulting.models import Engagement, Session, Weight
from consulting.services import acceptances, engagements
from journal.models import Entry
from journal.refusals import Refusal
from members.services import memberships
from tests.cast import AT, FOUNDED_ON, Cast
from tests.consulting.desk import MICRO, MONDAY, OPENED, SUNDAY, fixed, harbor, hourly, session


def test_an_engagement_is_kept_with_its_entry(cast: Cast) -> None:
    engagement = fixed(cast, price_micro=3)
    stored = Engagement.objects.get()
    assert (stored.reference, stored.price_micro, stored.accepted_on) == ("F-1", 3, None)
    entry = Entry.objects.get(verb="engagement.open")
    assert (entry.subject, entry.actor) == ("engagement/F-1", f"user:{cast.mira.pk}")
    assert entry.data == {
        "client": engagement.client.key,
        "pricing": "fixed",
        "price_micro": 3,
        "opened_on": "2026-10-01",
    }


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"reference": "E 1"}, refusals.MalformedReference),
        ({"reference": "TAKEN"}, refusals.ReferenceTaken),
        ({"pricing": "fixed"}, refusals.PriceMissing),
        ({"pricing": "fixed", "price_micro": 0}, refusals.PriceMissing),
        ({"price_micro": 5}, refusals.PriceUnexpected),
    ],
)
def test_an_engagement_is_refused(cast: Cast, changes: dict[str, object], refusal: type[Refusal]) -> None:
    hourly(cast, "TAKEN")
    values = {"reference": "E-1", "pricing": "hourly"} | changes
    with pytest.raises(refusal):
        engagements.open_engagement(
            client=harbor(),
            title="Advice",
            opened_on=OPENED,
            by=cast.mira,
            at=AT,
            **values,  # type: ignore[arg-type]
        )
    assert list(Engagement.objects.values_list("reference", flat=True)) == ["TAKEN"]


@pytest.mark.parametrize("who", ["lin", "bo", "noor", "otto"])
def test_only_the_treasurer_enters(cast: Cast, who: str) -> None:
    engagement = hourly(cast)
    with pytest.raises(refusals.TreasurerOnly):
        engagements.record_session(
            engagement=engagement,
            reference="S-1",
            member=cast.chen,
            held_on=MONDAY,
            hours_centi=100,
            rate_micro=150 * MICRO,
            by=getattr(cast, who),
            at=AT,
        )
    assert not Session.objects.exists()


def test_a_session_is_kept_with_its_entry(cast: Cast) -> None:
    session(cast, hourly(cast), "S-1", cast.chen, hours_centi=125)
    stored = Session.objects.get()
    assert (stored.member, stored.held_on, stored.hours_centi, stored.rate_micro) == (
        cast.chen,
        MONDAY,
        125,
        150 * MICRO,
    )
    assert Entry.objects.get(verb="session.record").data == {
        "engagement": "E-1",
        "member": "chen",
        "held_on": "2026-10-19",
        "hours_centi": 125,
        "rate_micro": 150 * MICRO,
    }


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"hours_centi": 0}, refusals.HoursOutOfBounds),
        ({"hours_centi": 2401}, refusals.HoursOutOfBounds),
        ({"rate_micro": None}, refusals.RateMissing),
        ({"rate_micro": 99 * MICRO}, refusals.RateOutOfBounds),
        ({"rate_micro": 201 * MICRO}, refusals.RateOutOfBounds),
        ({"held_on": date(2025, 12, 31)}, refusals.BeforeJoining),
        ({"hours_centi": 1001}, refusals.WeekFull),
    ],
)
def test_a_session_is_refused(cast: Cast, changes: dict[str, object], refusal: type[Refusal]) -> None:
    engagement = hourly(cast)
    with pytest.raises(refusal):
        session(cast, engagement, "S-1", cast.chen, **changes)
    assert not Session.objects.exists()


def test_a_fixed_price_takes_no_rate(cast: Cast) -> None:
    with pytest.raises(refusals.RateUnexpected):
        session(cast, fixed(cast), "S-1", cast.chen, rate_micro=150 * MICRO)


def test_the_week_counts_every_engagement_and_only_this_week_and_person(cast: Cast) -> None:
    by_hour, by_price = hourly(cast), fixed(cast)
    session(cast, by_hour, "S-1", cast.chen, hours_centi=600)
    session(cast, by_price, "S-2", cast.chen, hours_centi=400, held_on=SUNDAY)
    with pytest.raises(refusals.WeekFull):
        session(cast, by_price, "S-3", cast.chen, hours_centi=1)
    session(cast, by_hour, "S-4", cast.chen, hours_centi=1000, held_on=date(2026, 10, 26))
    session(cast, by_hour, "S-5", cast.chen, hours_centi=1000, held_on=date(2026, 10, 18))
    session(cast, by_hour, "S-6", cast.bo, hours_centi=1000)


def test_rates_and_caps_are_those_of_the_day_and_of_the_monday(cast: Cast) -> None:
    changes = {"consulting.rate_max": "300", "consulting.weekly_hours_max": "12"}
    editions.amend(changes=changes, effective_on=date(2026, 10, 21), act="test", by="test", at=AT)
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen, held_on=date(2026, 10, 21), rate_micro=300 * MICRO)
    with pytest.raises(refusals.RateOutOfBounds):
        session(cast, engagement, "S-2", cast.chen, held_on=date(2026, 10, 20), rate_micro=300 * MICRO)
    with pytest.raises(refusals.WeekFull):
        session(cast, engagement, "S-3", cast.chen, held_on=SUNDAY, hours_centi=801)
    session(cast, engagement, "S-4", cast.chen, held_on=date(2026, 10, 26), hours_centi=1200)


def test_work_after_leaving_is_refused(cast: Cast) -> None:
    memberships.declare_exit(member=cast.chen, exited_on=MONDAY, by="test", at=AT)
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen)
    with pytest.raises(refusals.AfterLeaving) as refused:
        session(cast, engagement, "S-2", cast.chen, held_on=date(2026, 10, 20))
    assert refused.value.clause == "exit.1"


def test_nothing_is_added_to_what_was_accepted(cast: Cast) -> None:
    engagement = hourly(cast)
    first = session(cast, engagement, "S-1", cast.chen)
    acceptances.accept(engagement=engagement, accepted_on=SUNDAY, by=cast.mira, at=AT)
    with pytest.raises(refusals.AcceptedAlready):
        session(cast, engagement, "S-2", cast.chen)
    with pytest.raises(refusals.AcceptedAlready):
        engagements.correct_session(
            session=first, held_on=MONDAY, hours_centi=100, rate_micro=150 * MICRO, by=cast.mira, at=AT
        )


def test_a_session_is_put_right_within_the_same_rules(cast: Cast) -> None:
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen, hours_centi=500)
    second = session(cast, engagement, "S-2", cast.chen, hours_centi=500)
    with pytest.raises(refusals.WeekFull):
        engagements.correct_session(
            session=second, held_on=MONDAY, hours_centi=501, rate_micro=150 * MICRO, by=cast.mira, at=AT
        )
    engagements.correct_session(
        session=second, held_on=SUNDAY, hours_centi=300, rate_micro=160 * MICRO, by=cast.mira, at=AT
    )
    stored = Session.objects.get(reference="S-2")
    assert (stored.held_on, stored.hours_centi, stored.rate_micro) == (SUNDAY, 300, 160 * MICRO)
    verbs = Entry.objects.filter(subject="session/S-2").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["session.record", "session.correct"]


def test_weights_take_the_place_of_earlier_ones(cast: Cast) -> None:
    engagement = fixed(cast)
    engagements.set_weights(engagement=engagement, weights={cast.lin: 1, cast.bo: 1}, by=cast.mira, at=AT)
    engagements.set_weights(engagement=engagement, weights={cast.bo: 2, cast.chen: 1}, by=cast.mira, at=AT)
    assert sorted(Weight.objects.values_list("member__handle", "weight")) == [("bo", 2), ("chen", 1)]
    with pytest.raises(refusals.WeightsUnexpected):
        engagements.set_weights(engagement=hourly(cast), weights={cast.lin: 1}, by=cast.mira, at=AT)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE consulting_engagement SET pricing = 'fixed', price_micro = 1 WHERE reference = 'E-1'",
        "UPDATE consulting_engagement SET accepted_on = accepted_on + 1 WHERE reference = 'F-1'",
        "UPDATE consulting_engagement SET price_micro = 1 WHERE reference = 'F-1'",
        "DELETE FROM consulting_engagement WHERE reference = 'E-1'",
        "UPDATE consulting_session SET hours_centi = 1 WHERE reference = 'S-F'",
        "UPDATE consulting_session SET rate_micro = NULL WHERE reference = 'S-E'",
        "UPDATE consulting_session SET member_id = (SELECT id FROM members_member WHERE handle = 'bo')",
        "DELETE FROM consulting_session",
        "TRUNCATE consulting_session CASCADE",
        (
            "INSERT INTO consulting_session (reference, engagement_id, member_id, held_on, hours_centi)"
            " SELECT 'S-X', engagement_id, member_id, held_on, 1 FROM consulting_session WHERE reference = 'S-F'"
        ),
        "UPDATE consulting_acceptance SET gross_micro = gross_micro",
        "DELETE FROM consulting_share",
        "TRUNCATE consulting_acceptance CASCADE",
    ],
)
def test_the_database_refuses_what_no_service_does(cast: Cast, statement: str) -> None:
    from django.db import connection

    session(cast, hourly(cast), "S-E", cast.chen)
    whole = fixed(cast)
    session(cast, whole, "S-F", cast.chen)
    acceptances.accept(engagement=whole, accepted_on=SUNDAY, by=cast.mira, at=AT)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_group_is_old_enough_for_these_tests() -> None:
    assert FOUNDED_ON < OPENED < MONDAY
