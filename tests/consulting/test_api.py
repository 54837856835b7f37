"""Engagements over the API: who may read them, what they show, and how many queries that takes."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consulting.services import acceptances, engagements
from tests.cast import AT, Cast
from tests.consulting.desk import MICRO, SUNDAY, fixed, hourly, session

LIST = "/api/v1/engagements/"


@pytest.mark.parametrize(
    ("who", "status"), [("lin", 200), ("chen", 200), ("mira", 200), ("noor", 403), ("otto", 403), ("", 401)]
)
def test_members_and_the_treasurer_read_them(cast: Cast, client: Client, who: str, status: int) -> None:
    hourly(cast)
    if who:
        client.force_login(cast.user(who))
    answers = [client.get(LIST), client.get(f"{LIST}E-1/")]
    assert [answer.status_code for answer in answers] == [status] * 2
    if status == 403:
        assert answers[0].json()["code"] == "engagements-for-members"
        assert all(b"Harbor" not in answer.content for answer in answers)


def test_the_list_says_what_was_worked(cast: Cast, client: Client) -> None:
    by_hour = hourly(cast)
    fixed(cast)
    session(cast, by_hour, "S-1", cast.chen, hours_centi=125)
    session(cast, by_hour, "S-2", cast.bo)
    client.force_login(cast.user("chen"))
    assert client.get(LIST).json()["results"] == [
        {
            "reference": "E-1", "client": "Harbor Labs", "title": "Advice", "pricing": "hourly", "price": None,
            "opened_on": "2026-10-01", "accepted_on": None, "sessions": 2, "hours": "3.25",
        },
        {
            "reference": "F-1", "client": "Harbor Labs", "title": "Audit", "pricing": "fixed", "price": "1000.000000",
            "opened_on": "2026-10-01", "accepted_on": None, "sessions": 0, "hours": "0.00",
        },
    ]  # fmt: skip


def test_one_shows_sessions_weights_and_the_split_before_and_after(cast: Cast, client: Client) -> None:
    engagement = fixed(cast, price_micro=100 * MICRO)
    session(cast, engagement, "S-1", cast.chen)
    client.force_login(cast.user("chen"))
    assert client.get(f"{LIST}F-1/").json()["split"]["parts"] == [
        {"handle": "chen", "amount": "80.000000", "reference": "consulting/F-1/chen"}
    ]
    engagements.set_weights(engagement=engagement, weights={cast.bo: 3, cast.lin: 1}, by=cast.mira, at=AT)
    acceptances.accept(engagement=engagement, accepted_on=SUNDAY, by=cast.mira, at=AT)
    shown = client.get(f"{LIST}F-1/").json()
    assert shown["accepted_on"] == "2026-10-25"
    assert shown["sessions"] == [
        {"reference": "S-1", "handle": "chen", "held_on": "2026-10-19", "hours": "2.00", "rate": None}
    ]
    assert sorted(shown["weights"], key=lambda row: row["handle"]) == [
        {"handle": "bo", "weight": 3},
        {"handle": "lin", "weight": 1},
    ]
    assert shown["split"] == {
        "settled": True,
        "gross": "100.000000",
        "individuals": "80.000000",
        "pool": "20.000000",
        "parts": [
            {"handle": "bo", "amount": "60.000000", "reference": "consulting/F-1/bo"},
            {"handle": "lin", "amount": "20.000000", "reference": "consulting/F-1/lin"},
        ],
    }


def test_nothing_to_share_has_no_split(cast: Cast, client: Client) -> None:
    fixed(cast)
    client.force_login(cast.user("lin"))
    assert client.get(f"{LIST}F-1/").json()["split"] is None
    assert client.get(f"{LIST}F-2/").status_code == 404


def test_queries_do_not_grow(cast: Cast, client: Client) -> None:
    engagement = hourly(cast)
    client.force_login(cast.user("lin"))
    counts = []
    for rows in (1, 3):
        for number in range(rows):
            session(cast, engagement, f"S-{rows}-{number}", cast.chen, hours_centi=10)
        hourly(cast, f"E-{rows}-more")
        for address in (LIST, f"{LIST}E-1/"):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            counts.append(len(asked))
    assert counts[:2] == counts[2:]
