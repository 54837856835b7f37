"""The experts' pages and the API: what readers find, what experts fill in, how many queries that takes."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consulting.models import DayException, Piece, Profile, Window
from consulting.rules.slots import LENGTHS
from consulting.services import profiles
from members.models import Member, Membership
from tests.cast import AT, Cast
from tests.consulting.desk import hourly, session
from tests.consulting.offers import MICRO, draft, offered

WHOLE_WEEK = tuple((weekday, 0, 1440) for weekday in range(1, 8))


@pytest.fixture
def expert(cast: Cast) -> Profile:
    """Chen, free around the clock on today's pages."""
    return offered(cast.chen, *WHOLE_WEEK, notice_hours=0)


def test_a_visitor_finds_the_expert_and_times(expert: Profile, cast: Cast, client: Client) -> None:
    profiles.add_piece(
        member=cast.chen, title="Vault review", url="https://x.example/v", written_on=date(2026, 3, 1), by="test", at=AT
    )
    listed = client.get("/experts/").content.decode()
    assert 'href="/experts/chen/"' in listed
    assert "no free time" not in listed
    page = client.get("/experts/chen/?zone=America/New_York&minutes=90").content.decode()
    assert "America/New York (UTC−" in page
    assert "Europe/Prague (UTC+" in page
    assert page.count('class="slot"') > 48
    lengths = re.findall(r'zone=America%2FNew_York&amp;minutes=(\d+)#times-h"( aria-current)?', page)
    assert [int(length) for length, _shown in lengths] == list(LENGTHS)
    assert [length for length, shown in lengths if shown] == ["90"]
    assert "mailto:group@localhost" in listed
    assert "https://x.example/v" in page
    assert client.get("/experts/lin/").status_code == 404


def test_pages_escape_what_experts_write(cast: Cast, client: Client) -> None:
    offered(cast.chen, headline="<script>1</script>", about="<img src=x>\n\nSecond", skills=("<b>",))
    for path in ("/experts/", "/experts/chen/", "/match/?need=script"):
        page = client.get(path).content.decode()
        assert "<script>1" not in page
        assert "<img src=x" not in page


def test_the_page_says_why_a_week_is_full(expert: Profile, cast: Cast, client: Client) -> None:
    engagement = hourly(cast)
    today = timezone.now().date()
    for number in range(20):
        day = today + timedelta(days=7 * number)
        session(cast, engagement, f"S-{number}", cast.chen, held_on=day, hours_centi=1000)
    page = client.get("/experts/chen/").content.decode().replace("\xa0", " ")
    assert "This week has no times" in page
    assert "1 h would make 11 h in the week from" in page
    assert "at most 10 h may be sold" in page
    assert 'class="slot"' not in page
    assert "no hours left" in client.get("/experts/").content.decode()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"chen", "bo"}),
        ("q=solidity+review", {"chen"}),
        ("q=%25", set()),
        ("language=fr", {"bo"}),
        ("way=workshop", {"chen"}),
        ("domain=business", {"bo"}),
        ("q=bo+berg&language=fr&free=7", {"bo"}),
    ],
)
def test_filters_narrow(expert: Profile, cast: Cast, client: Client, query: str, names: set[str]) -> None:
    offered(
        cast.bo,
        *WHOLE_WEEK,
        languages=("fr",),
        forms=("quote",),
        domain="business",
        skills=("Tax",),
        fields=(),
        headline="Tax",
    )
    page = client.get(f"/experts/?{query}").content.decode()
    assert {name for name in ("chen", "bo", "lin") if f"/experts/{name}/" in page} == names


def test_a_filter_that_is_none_is_named(expert: Profile, client: Client) -> None:
    for path in ("/experts/?language=xx", "/experts/?zone=Mars", "/experts/chen/?minutes=45", "/match/?need="):
        assert client.get(path).status_code == 422
    assert client.get("/experts/?page=99").status_code == 200
    assert client.get("/experts/chen/?day=9999-12-31").status_code == 200


def test_the_match_page_ranks_with_reasons(expert: Profile, cast: Cast, client: Client) -> None:
    offered(cast.bo, skills=("Solidity", "Contract review", "Review of tests"))
    page = client.get("/match/?need=review+of+Solidity&hours=2").content.decode()
    assert page.index("/experts/bo/") < page.index("/experts/chen/")
    assert "Names the skill you describe: Solidity, Contract review, Review of tests." in page
    assert "Nobody’s profile" in client.get("/match/?need=bakery").content.decode()


@pytest.mark.django_db
def test_queries_of_pages_do_not_grow(cast: Cast, client: Client) -> None:
    counts: dict[str, list[int]] = {}
    for number in (1, 3, 300):
        people = [Member(handle=f"e{number}-{place}", name="E") for place in range(number - Profile.objects.count())]
        Member.objects.bulk_create(people)
        Membership.objects.bulk_create(
            Membership(member=person, joined_on=date(2026, 1, 1), decided_by="t") for person in people
        )
        Profile.objects.bulk_create(
            Profile(
                member=person, time_zone="Europe/Prague", headline="Solidity", rate_micro=150 * MICRO,
                forms=["hourly"], languages=["en"], published_at=AT,
            )
            for person in people
        )  # fmt: skip
        for path in ("/experts/", "/match/?need=Solidity", "/api/v1/experts/"):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(path).status_code == 200
            counts.setdefault(path, []).append(len(asked))
    assert all(len(set(found)) == 1 for found in counts.values()), counts


def test_the_api_shows_times_and_weeks(expert: Profile, client: Client) -> None:
    today = timezone.now().date()
    shown = client.get("/api/v1/experts/chen/").json()
    assert (shown["handle"], shown["rate"], shown["areas"]) == ("chen", "150.000000", ["Security"])
    span = f"first={today + timedelta(days=2)}&last={today + timedelta(days=2)}"
    times = client.get(f"/api/v1/experts/chen/slots/?{span}&minutes=30").json()
    assert len(times["starts"]) == 48
    assert datetime.fromisoformat(times["starts"][0]).utcoffset() == timedelta()
    assert times["weeks"][0]["cap"] == "10.00"
    assert client.get("/api/v1/experts/chen/slots/?minutes=45").json()["code"] == "minutes-unknown"
    assert client.get("/api/v1/experts/chen/slots/?first=2026-01-01&last=2027-01-01").json()["code"] == "span-too-long"
    assert client.get("/api/v1/experts/lin/slots/").status_code == 404


# --- one's own page


FILLED: dict[str, Any] = {
    "headline": "Reviews", "about": "", "domain": "technical", "areas": "Security", "skills": "Solidity, Foundry",
    "languages": ["en"], "ways": ["hourly"], "rate": "150", "time_zone": "Europe/Prague", "notice_hours": "24",
    "horizon_days": "60", "buffer_minutes": "15",
}  # fmt: skip


def test_an_expert_fills_in_publishes_and_withdraws(cast: Cast, client: Client) -> None:
    client.force_login(cast.user("chen"))
    assert "You have no profile yet" in client.get("/settings/offering/").content.decode()
    assert client.post("/settings/offering/", FILLED).status_code == 302
    profile = Profile.objects.get()
    assert (profile.skills, profile.buffer_minutes) == (["Solidity", "Foundry"], 15)
    assert client.get("/experts/chen/").status_code == 404
    soon = timezone.now().date() + timedelta(days=3)
    for path, data in (
        ("hours/", {"weekday": "1", "starts": "540", "ends": "720"}),
        ("days/", {"falls_on": soon.isoformat(), "kind": "away", "starts": "0", "ends": "1440"}),
        ("work/", {"title": "Paper", "url": "https://x.example/p", "written_on": "2026-03-01"}),
        ("publish/", {}),
    ):
        assert client.post(f"/settings/offering/{path}", data).status_code == 302
    assert client.get("/experts/chen/").status_code == 200
    page = client.get("/settings/offering/").content.decode()
    assert "Monday, 09:00 to 12:00" in page
    assert "https://x.example/p" in page
    for kind, row in (
        ("hours", Window.objects.get()), ("day", DayException.objects.get()), ("work", Piece.objects.get())
    ):  # fmt: skip
        assert client.post(f"/settings/offering/{kind}/{row.pk}/remove/").status_code == 302
        assert not type(row).objects.exists()
    client.post("/settings/offering/publish/", {"withdraw": "1"})
    assert client.get("/experts/chen/").status_code == 404


@pytest.mark.parametrize(
    ("path", "data", "words"),
    [
        ("", FILLED | {"rate": "250"}, "is not between"),
        ("", FILLED | {"skills": "x" * 41}, "Name at most 12"),
        ("", FILLED | {"headline": ""}, "Say in one sentence"),
        ("hours/", {"weekday": "1", "starts": "720", "ends": "540"}, "The end lies after the beginning"),
        ("hours/", {"weekday": "2", "starts": "540", "ends": "720"}, "listed already"),
        ("hours/", {"weekday": "1", "starts": "541", "ends": "720"}, "541"),
        ("days/", {"falls_on": "2026-01-01", "kind": "away", "starts": "0", "ends": "1440"}, "This day is over"),
        ("work/", {"title": "P", "url": "javascript:1", "written_on": "2026-03-01"}, "Enter a whole link"),
    ],
)
def test_a_refused_form_keeps_what_was_typed(
    cast: Cast, client: Client, path: str, data: dict[str, Any], words: str
) -> None:
    offered(cast.chen)
    client.force_login(cast.user("chen"))
    answer = client.post(f"/settings/offering/{path}", data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "<title>Error: " in page
    assert Profile.objects.get().headline == draft().headline


@pytest.mark.parametrize(("who", "status"), [("", 302), ("otto", 403), ("mira", 403), ("noor", 403), ("chen", 200)])
def test_only_members_have_an_offer(cast: Cast, client: Client, who: str, status: int) -> None:
    if who:
        client.force_login(cast.user(who))
    assert client.get("/settings/offering/").status_code == status
    if status != 200:
        assert client.post("/settings/offering/", FILLED).status_code == status


def test_the_treasurer_reads_profiles_in_the_admin(expert: Profile, cast: Cast, client: Client) -> None:
    client.force_login(cast.mira)
    assert client.get("/admin/consulting/profile/").status_code == 200
    assert "Reviews contracts" in client.get(f"/admin/consulting/profile/{expert.pk}/change/").content.decode()
    assert client.get("/admin/consulting/profile/add/").status_code == 403
