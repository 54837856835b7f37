"""The room in the API: the same services and words as on the page, the same people."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consulting.models import Acceptance, Engagement, Message, Timer
from consulting.services import engagements, rooms, sessions
from consulting.services.files import Sent
from tests.cast import AT, Cast
from tests.consulting.desk import OPENED
from tests.consulting.hostile import HOSTILE
from tests.consulting.rooms import ordered
from tests.consulting.test_room_pages import SEEN, UNSEEN, as_
from treasury.services.clients import client_named

pytestmark = pytest.mark.django_db
ROOM = "/api/v1/engagements/E-1/"
JSON = "application/json"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def engagement(cast: Cast) -> Engagement:
    return ordered(cast)


def test_strangers_find_nothing(cast: Cast, engagement: Engagement) -> None:
    message = rooms.write(engagement=engagement, body="x", files=[Sent("a.txt", b"a")], by=cast.otto, at=AT)
    gets = ["messages/", "agenda/", "deliverables/", f"files/{message.files.get().token}/"]
    posts = ["confirmation/", "sessions/", "timers/", "timers/1/stop/", "messages/", "agenda/", "agenda/1/done/"]
    posts += ["deliverables/", "deliverables/1/delivery/", "deliverables/1/acceptance/"]
    for who in UNSEEN:
        client = as_(cast, who)
        assert {client.get(f"{ROOM}{path}").status_code for path in gets} == {404}
        assert {client.post(f"{ROOM}{path}", {}, JSON).status_code for path in posts} == {404}
    for who in SEEN:
        assert {as_(cast, who).get(f"{ROOM}{path}").status_code for path in gets} == {200}
    assert {Client().post(f"{ROOM}{path}", {}, JSON).status_code for path in posts} == {401}


def test_time_from_start_to_the_client_s_answer(cast: Cast, engagement: Engagement) -> None:
    expert, client = as_(cast, "chen"), as_(cast, "otto")
    assert expert.post(f"{ROOM}timers/", {}, JSON).status_code == 201
    assert expert.post(f"{ROOM}timers/", {}, JSON).json()["code"] == "timer-runs"
    timer = Timer.objects.get()
    refused = expert.post(f"{ROOM}timers/{timer.pk}/stop/", {"title": "x", "hours": "3.00"}, JSON)
    assert (refused.status_code, refused.json()["code"]) == (422, "more-than-elapsed")
    stopped = expert.post(f"{ROOM}timers/{timer.pk}/stop/", {"title": "x"}, JSON).json()
    assert (stopped["session"], stopped["kept"], stopped["refused"]) == (None, "0.00", "")
    work = {"title": "Access", "held_on": timezone.now().date().isoformat(), "hours": "1.50", "reference": "S-API"}
    made = expert.post(f"{ROOM}sessions/", work, JSON)
    assert (made.status_code, made.json()["rate"]) == (201, "150.000000")
    assert expert.post(f"{ROOM}sessions/", work, JSON).json()["code"] == "reference-taken"
    assert client.post(f"{ROOM}sessions/", work, JSON).json()["code"] == "experts-only"
    assert expert.post(f"{ROOM}confirmation/", {"units": ["S-API"]}, JSON).status_code == 403
    assert client.post(f"{ROOM}confirmation/", {"units": ["none"]}, JSON).json()["code"] == "unknown-unit"
    assert client.post(f"{ROOM}confirmation/", {"units": ["S-API"]}, JSON).status_code == 204
    assert client.post(f"{ROOM}confirmation/", {"units": None}, JSON).status_code == 204
    assert Acceptance.objects.count() == 2


def test_words_files_agenda_and_deliverables(cast: Cast, engagement: Engagement) -> None:
    expert, client = as_(cast, "chen"), as_(cast, "otto")
    assert client.post(f"{ROOM}messages/", {"body": "Hello"}, JSON).status_code == 201
    sent = client.post(f"{ROOM}messages/", {"file": [SimpleUploadedFile("a.txt", b"hello")]})
    assert sent.status_code == 201
    (file,) = sent.json()["files"]
    answer: Any = expert.get(file["url"])
    assert b"".join(answer.streaming_content) == b"hello"
    name, data = HOSTILE["drawing"]
    refused = client.post(f"{ROOM}messages/", {"body": "x", "file": [SimpleUploadedFile(name, data)]})
    assert (refused.status_code, refused.json()["code"]) == (422, "file-kind-unknown")
    assert [row["body"] for row in expert.get(f"{ROOM}messages/").json()["results"]] == ["", "Hello"]
    item = client.post(f"{ROOM}agenda/", {"text": "Rounding"}, JSON).json()
    assert expert.post(f"{ROOM}agenda/{item['id']}/done/", {}, JSON).json()["done_at"]
    assert client.get(f"{ROOM}agenda/").json() == []
    row = expert.post(f"{ROOM}deliverables/", {"title": "Report"}, JSON).json()
    place = f"{ROOM}deliverables/{row['id']}/"
    assert client.post(f"{place}acceptance/", {}, JSON).json()["code"] == "not-delivered"
    given = expert.post(f"{place}delivery/", {"file": [SimpleUploadedFile("r.md", b"# r")]})
    assert [file["name"] for file in given.json()["files"]] == ["r.md"]
    assert client.post(f"{place}acceptance/", {}, JSON).json()["accepted_at"]
    assert client.get(f"{ROOM}deliverables/").json()[0]["accepted_at"]


def test_no_other_field_is_taken(cast: Cast, engagement: Engagement) -> None:
    foreign = {"side": "expert", "author": cast.lin.pk, "written_at": "2020-01-01T00:00:00Z", "engagement": 99}
    as_(cast, "otto").post(f"{ROOM}messages/", {"body": "x"} | foreign, JSON)
    message = Message.objects.get()
    assert (message.side, message.author, message.engagement) == ("client", cast.otto, engagement)
    work = {"title": "x", "held_on": timezone.now().date().isoformat(), "hours": "1.00"}
    more = {"rate": "1.000000", "rate_micro": 1, "member": "lin", "delivered_at": None, "at": "2020-01-01T00:00:00Z"}
    made = as_(cast, "chen").post(f"{ROOM}sessions/", work | more, JSON).json()
    assert made["rate"] == "150.000000"
    assert made["delivered_at"]


def test_queries_do_not_grow(cast: Cast, engagement: Engagement) -> None:
    counts: dict[str, set[int]] = {}
    now = timezone.now()
    for number in (1, 3, 10):
        for place in range(number - Message.objects.count()):
            rooms.write(engagement=engagement, body="x", files=[Sent("a.txt", b"a")], by=cast.otto, at=AT)
            row = rooms.promise(engagement=engagement, title=f"R{number}-{place}", by=cast.user("chen"), at=AT)
            rooms.hand_over(deliverable=row, files=[Sent("a.txt", b"a")], by=cast.user("chen"), at=AT)
            day = now.date() - timedelta(days=7 * place)
            sessions.deliver(
                engagement=engagement, member=cast.chen, held_on=day, hours_centi=10, title="x", by="t", at=now
            )
        for path in ("messages/", "deliverables/", "agenda/"):
            with CaptureQueriesContext(connection) as asked:
                assert as_(cast, "otto").get(f"{ROOM}{path}").status_code == 200
            counts.setdefault(path, set()).add(len(asked))
    assert all(len(found) == 1 for found in counts.values()), counts


def test_a_client_reads_their_own_engagements_and_no_other(cast: Cast, engagement: Engagement) -> None:
    other = ordered(cast, "E-2")
    elsewhere = client_named(name="Tidepool DAO", at=AT)
    engagements.open_engagement(
        reference="T-1", client=elsewhere, title="Other", pricing="hourly", opened_on=OPENED, by=cast.mira, at=AT
    )
    client = as_(cast, "otto")
    shown = [row["reference"] for row in client.get("/api/v1/engagements/").json()["results"]]
    assert shown == [engagement.reference, other.reference]
    assert client.get("/api/v1/engagements/E-1/").json()["client"] == "Harbor Labs"
    assert client.get("/api/v1/engagements/T-1/").status_code == 404
    assert as_(cast, "noor").get("/api/v1/engagements/E-1/").status_code == 403
