"""The room's pages: who finds which, what stands there, what is refused beside its field, what a file leaves as."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consulting.models import Acceptance, Deliverable, Engagement, Message, Session, Timer, Upload
from consulting.rules.uploads import BYTES_MOST
from consulting.services import disputes, engagements, letters, rooms, sessions, timers
from consulting.services.files import Sent
from tests.cast import AT, Cast
from tests.consulting.desk import MICRO, fixed, hourly, session
from tests.consulting.hostile import HOSTILE
from tests.consulting.rooms import ordered

pytestmark = pytest.mark.django_db
ROOM = "/engagements/E-1/"
SEEN = ["otto", "chen", "mira", "lin"]
UNSEEN = ["bo", "noor"]


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def engagement(cast: Cast) -> Engagement:
    return ordered(cast)


def as_(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.user(who))
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode().replace("\xa0", " "))


def delivered(cast: Cast, engagement: Engagement, **more: Any) -> Session:
    """A session of today that waits for the client."""
    now = timezone.now()
    values: dict[str, Any] = {"held_on": now.date(), "hours_centi": 150, "title": "Rounding in withdraw()"}
    return sessions.deliver(engagement=engagement, member=cast.chen, by=cast.chen, **(values | {"at": now} | more))


def test_mails_lead_to_the_room() -> None:
    assert reverse("consulting:engagement", args=["E-1"]) == letters.PAGE % "E-1"


def test_the_room_exists_for_its_sides_treasurer_and_leader(cast: Cast, engagement: Engagement) -> None:
    message = rooms.write(engagement=engagement, body="x", files=[Sent("a.txt", b"a")], by=cast.otto, at=AT)
    pages = [ROOM, f"{ROOM}messages/", f"{ROOM}files/{message.files.get().token}/"]
    posts = ["confirm/", "timer/", "timer/1/", "sessions/", "milestones/M1/", "write/", "agenda/", "agenda/1/"]
    posts += ["deliverables/", "deliverables/1/"]
    for who in UNSEEN:
        client = as_(cast, who)
        assert {client.get(page).status_code for page in pages} == {404}
        assert "Harbor" not in text(client.get("/engagements/"))
    assert {client.post(f"{ROOM}{path}").status_code for path in posts} == {404}
    for who in SEEN:
        client = as_(cast, who)
        assert {client.get(page).status_code for page in pages} == {200}
        assert "Harbor" in text(client.get("/engagements/"))
    assert {Client().get(page).status_code for page in [ROOM, pages[2], "/engagements/"]} == {302}
    # What asks by itself is told nothing, and keeps what it shows.
    assert Client().get(f"{ROOM}messages/").status_code == 204
    assert as_(cast, "otto").get("/engagements/E-none/").status_code == 404


def test_a_client_sees_their_engagements_only(cast: Cast, engagement: Engagement) -> None:
    other = engagements.open_engagement(
        reference="X-1",
        client=fixed(cast, "F-9").client,
        title="Other",
        pricing="hourly",
        opened_on=AT.date(),
        by=cast.mira,
        at=AT,
    )
    type(other.client).objects.filter(pk=other.client.pk).update(user=None)
    assert "Other" not in text(as_(cast, "otto").get("/engagements/"))
    assert as_(cast, "otto").get("/engagements/X-1/").status_code == 404
    assert "Other" in text(as_(cast, "lin").get("/engagements/"))


def test_the_client_confirms_exactly_what_was_shown(cast: Cast, engagement: Engagement) -> None:
    held = delivered(cast, engagement)
    client = as_(cast, "otto")
    page = text(client.get(ROOM))
    assert "Was the session “Rounding in withdraw()”" in page
    assert "It comes to <b>225.00 U</b>: 180.00 U for the work, 45.00 U for the group’s pool." in page
    assert "Confirm 1.5 h" in page
    assert "Silence does not count" in page
    seal = page.split('name="seal" value="')[1].split('"')[0]
    engagements.correct_session(
        session=held, held_on=held.held_on, hours_centi=200, rate_micro=150 * MICRO, by=cast.mira, at=AT
    )
    answer = client.post(f"{ROOM}confirm/", {"unit": held.reference, "seal": seal})
    assert answer.status_code == 409
    assert not Acceptance.objects.exists()
    seal = text(client.get(ROOM)).split('name="seal" value="')[1].split('"')[0]
    assert client.post(f"{ROOM}confirm/", {"unit": held.reference, "seal": seal}).status_code == 302
    assert Acceptance.objects.get().gross_micro == 300 * MICRO
    page = text(client.get(ROOM))
    assert "Confirmed" in page
    assert "Nothing waits for the client’s answer." in page
    # The other session is accepted with the rest, and nothing can be added.
    client.post(f"{ROOM}confirm/", {"whole": "1"})
    assert Acceptance.objects.count() == 2
    assert "Finished" in text(client.get(ROOM))
    assert "Start the timer" not in text(as_(cast, "chen").get(ROOM))


def test_only_the_client_or_the_treasurer_confirms(cast: Cast, engagement: Engagement) -> None:
    held = delivered(cast, engagement)
    for who in ("chen", "lin"):
        client = as_(cast, who)
        assert "Confirm 1.5 h" not in text(client.get(ROOM))
        assert client.post(f"{ROOM}confirm/", {"unit": held.reference}).status_code == 403
    assert not Acceptance.objects.exists()


def test_an_expert_starts_and_stops_and_logs(cast: Cast, engagement: Engagement) -> None:
    client = as_(cast, "chen")
    assert "Start the timer" in text(client.get(ROOM))
    assert client.post(f"{ROOM}timer/").status_code == 302
    timer = Timer.objects.get()
    page = text(client.get(ROOM))
    assert "Stop and record" in page
    refused = client.post(f"{ROOM}timer/{timer.pk}/", {"title": "Kept words", "hours": "5"})
    assert refused.status_code == 422
    assert "Enter at most the time it ran" in text(refused)
    assert 'value="Kept words"' in text(refused)
    assert client.post(f"{ROOM}timer/{timer.pk}/", {"discard": "1"}).status_code == 302
    form = text(client.get(ROOM))
    reference = form.split('name="reference" value="')[1].split('"')[0]
    data = {"title": "Access", "held_on": timezone.now().date(), "hours": "11", "reference": reference}
    refused = client.post(f"{ROOM}sessions/", data)
    assert refused.status_code == 422
    assert "at most 10 h may be sold" in text(refused)
    assert client.post(f"{ROOM}sessions/", data | {"hours": "1.25"}).status_code == 302
    again = client.post(f"{ROOM}sessions/", data | {"hours": "1.25"})
    assert again.status_code == 422
    assert Session.objects.get(reference=reference).hours_centi == 125
    assert as_(cast, "otto").post(f"{ROOM}sessions/", data).status_code == 403


def test_a_timer_elsewhere_is_said(cast: Cast, engagement: Engagement) -> None:
    timers.start(engagement=ordered(cast, "E-2"), member=cast.chen, by=cast.chen, at=timezone.now())
    page = text(as_(cast, "chen").get(ROOM))
    assert "Your timer runs on another engagement." in page
    assert "/engagements/E-2/#tim" in page


def test_words_files_agenda_and_deliverables(cast: Cast, engagement: Engagement) -> None:
    client, expert = as_(cast, "otto"), as_(cast, "chen")
    sent = SimpleUploadedFile("findings.html.txt", b"seven findings", "text/html")
    assert client.post(f"{ROOM}write/", {"body": "<b>Hi</b>\n\nThere", "file": sent}).status_code == 302
    page = text(expert.get(ROOM))
    assert "&lt;b&gt;Hi&lt;/b&gt;" in page
    assert "findings_html.txt" in page
    assert client.post(f"{ROOM}agenda/", {"text": "Rounding"}).status_code == 302
    assert "Rounding" in text(expert.get(ROOM))
    assert expert.post(f"{ROOM}agenda/{engagement.agenda.get().pk}/").status_code == 302
    assert "Rounding" not in text(expert.get(ROOM))
    assert expert.post(f"{ROOM}deliverables/", {"title": "Report", "due_on": "2099-01-01"}).status_code == 302
    row = Deliverable.objects.get()
    place = f"{ROOM}deliverables/{row.pk}/"
    assert "Due Thu 1 Jan" in text(client.get(ROOM))
    assert expert.post(place, {"link": "https://x.example/report"}).status_code == 302
    assert "Accept it" in text(client.get(ROOM))
    assert client.post(place, {"take": "1"}).status_code == 302
    assert expert.post(place, {"drop": "1"}).status_code == 409
    assert "Accepted" in text(expert.get(ROOM))


def test_nobody_s_address_is_shown_for_a_name(cast: Cast, engagement: Engagement) -> None:
    type(cast.otto).objects.filter(pk=cast.otto.pk).update(name="")
    rooms.write(engagement=engagement, body="Hello", by=cast.otto, at=AT)
    page = text(as_(cast, "chen").get(ROOM))
    assert "Hello" in page
    assert "otto@cast.example" not in page
    assert "otto@cast.example" not in text(as_(cast, "chen").get(f"/api/v1{ROOM}messages/"))


@pytest.mark.parametrize("case", ["drawing", "too much", "document with a script"])
def test_a_refused_file_keeps_the_words(cast: Cast, engagement: Engagement, case: str) -> None:
    name, data = HOSTILE[case]
    answer = as_(cast, "otto").post(f"{ROOM}write/", {"body": "My words", "file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 422
    assert "My words</textarea>" in text(answer)
    assert 'id="message_file_error"' in text(answer)
    assert not Message.objects.exists()


def test_a_body_of_any_size_is_not_kept_in_memory(cast: Cast, engagement: Engagement) -> None:
    sent = SimpleUploadedFile("a.txt", b"x" * (BYTES_MOST + 5_000_000))
    answer = as_(cast, "otto").post(f"{ROOM}write/", {"body": "x", "file": sent})
    assert answer.status_code == 422
    assert "10 MB at most" in text(answer)


@pytest.mark.parametrize(("name", "data"), [("a.txt", b"hello"), ("r.csv", b"a,b"), ("n.md", b"# x")])
def test_a_file_leaves_as_a_download_only(cast: Cast, engagement: Engagement, name: str, data: bytes) -> None:
    rooms.write(engagement=engagement, body="x", files=[Sent(name, data)], by=cast.otto, at=AT)
    answer: Any = as_(cast, "chen").get(f"{ROOM}files/{Upload.objects.get().token}/")
    assert b"".join(answer.streaming_content) == data
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"].split(";")[0] in ("text/plain", "text/csv")


def test_no_address_leads_to_the_folder(cast: Cast, engagement: Engagement, media: Path) -> None:
    rooms.write(engagement=engagement, body="x", files=[Sent("a.txt", b"hello")], by=cast.otto, at=AT)
    (path,) = (path for path in media.rglob("*") if path.is_file())
    inside = path.relative_to(media)
    client = as_(cast, "otto")
    for address in (f"/media/{inside}", f"/static/{inside}", f"/{inside}", f"{ROOM}files/../../{inside}/"):
        assert client.get(address).status_code == 404
    assert oct(path.stat().st_mode & 0o777) == "0o600"


def test_a_fixed_price_is_shown_by_its_hours(cast: Cast) -> None:
    whole = fixed(cast)
    session(cast, whole, "S-F", cast.chen)
    page = text(as_(cast, "chen").get("/engagements/F-1/"))
    assert "Price agreed" in page
    assert "1,000.00 U" in page


def test_queries_of_pages_do_not_grow(cast: Cast, engagement: Engagement) -> None:
    counts: dict[str, list[int]] = {}
    now = timezone.now()
    for number in (1, 3, 10):
        for place in range(number - Message.objects.count()):
            rooms.write(engagement=engagement, body="x", files=[Sent("a.txt", b"a")], by=cast.otto, at=AT)
            row = rooms.promise(engagement=engagement, title=f"R{number}-{place}", by=cast.user("chen"), at=AT)
            rooms.hand_over(deliverable=row, files=[Sent("a.txt", b"a")], by=cast.user("chen"), at=AT)
            rooms.plan(engagement=engagement, text="x", by=cast.otto, at=AT)
            delivered(cast, engagement, hours_centi=20, held_on=now.date() - timedelta(days=7 * place), at=now)
            session(cast, hourly(cast, f"H{number}-{place}"), f"H{number}-{place}", cast.bo, hours_centi=10)
        for who, path in (
            ("otto", ROOM),
            ("chen", ROOM),
            ("lin", ROOM),
            ("lin", "/engagements/"),
            ("otto", ROOM + "messages/"),
        ):
            client = as_(cast, who)
            with CaptureQueriesContext(connection) as asked:
                assert client.get(path).status_code == 200
            counts.setdefault(f"{who} {path}", []).append(len(asked))
    assert all(len(set(found)) == 1 for found in counts.values()), counts


def test_the_room_leads_to_a_dispute_and_shows_it(cast: Cast, engagement: Engagement) -> None:
    way = 'href="/engagements/E-1/dispute/"'
    assert way in text(as_(cast, "otto").get(ROOM))
    assert way in text(as_(cast, "chen").get(ROOM))
    held = delivered(cast, engagement)
    page = text(as_(cast, "otto").get(ROOM))
    assert page.count(way) == 1
    disputes.open_dispute(engagement=engagement, reason="It was shorter.", by=cast.otto, at=timezone.now())
    page = text(as_(cast, "otto").get(ROOM))
    assert "The sides disagree." in page
    assert "In dispute" in page
    assert "Confirm 1.5 h" not in page
    assert as_(cast, "otto").post(f"{ROOM}confirm/", {"unit": held.reference}).status_code == 409
