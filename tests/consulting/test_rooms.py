"""The room's services: who may do what, what is kept of it, and that what was said, delivered, accepted stays."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from consulting.checks import check_files
from consulting.models import AgendaItem, Deliverable, Engagement, Message, Upload
from consulting.refusals import LinkUnreadable
from consulting.refusals import delivery as refusals
from consulting.selectors import files as reading
from consulting.services import files, rooms
from consulting.services.files import Sent
from journal.models import Entry, Outbox
from journal.refusals import Refusal
from journal.registry import invariants
from tests.cast import AT, DAY, Cast
from tests.consulting.hostile import HOSTILE, archive, picture
from tests.consulting.rooms import LATER, ordered

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    """A folder of the test's own for what is uploaded."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def engagement(cast: Cast) -> Engagement:
    return ordered(cast)


def stored(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def mails() -> list[tuple[str, str]]:
    return sorted((row.payload["to"], row.payload["subject"]) for row in Outbox.objects.filter(kind="mail"))


@pytest.mark.parametrize(
    ("who", "side"), [("otto", "client"), ("chen", "expert"), ("mira", "treasurer"), ("lin", "leader")]
)
def test_sides_write(cast: Cast, engagement: Engagement, who: str, side: str) -> None:
    message = rooms.write(engagement=engagement, body=" Hello \n", by=cast.user(who), at=AT)
    assert (message.side, message.body, message.author) == (side, "Hello", cast.user(who))
    entry = Entry.objects.get(verb="engagement.write")
    assert entry.data["message"] == message.pk
    assert "Hello" not in str(entry.data)


@pytest.mark.parametrize("who", ["bo", "noor"])
def test_others_do_nothing_here(cast: Cast, engagement: Engagement, who: str) -> None:
    user = cast.user(who)
    promised = rooms.promise(engagement=engagement, title="Report", by=cast.user("chen"), at=AT)
    item = rooms.plan(engagement=engagement, text="Rounding", by=cast.otto, at=AT)
    acts: list[Any] = [
        lambda: rooms.write(engagement=engagement, body="x", by=user, at=AT),
        lambda: rooms.plan(engagement=engagement, text="x", by=user, at=AT),
        lambda: rooms.tick(item=item, by=user, at=AT),
        lambda: rooms.promise(engagement=engagement, title="x", by=user, at=AT),
        lambda: rooms.hand_over(deliverable=promised, link="https://x.example", by=user, at=AT),
        lambda: rooms.take(deliverable=promised, by=user, at=AT),
        lambda: rooms.drop(deliverable=promised, by=user, at=AT),
    ]
    for act in acts:
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.status == 403
    assert not Message.objects.exists()


def test_each_side_has_its_part(cast: Cast, engagement: Engagement) -> None:
    with pytest.raises(refusals.ExpertsOnly):
        rooms.promise(engagement=engagement, title="Report", by=cast.otto, at=AT)
    promised = rooms.promise(engagement=engagement, title="Report", by=cast.user("chen"), at=AT)
    with pytest.raises(refusals.ClientOnly):
        rooms.take(deliverable=promised, by=cast.user("chen"), at=AT)
    with pytest.raises(refusals.NotYourRoom):
        rooms.plan(engagement=engagement, text="x", by=cast.mira, at=AT)


def test_a_message_with_files_is_kept_and_told(cast: Cast, engagement: Engagement, media: Path) -> None:
    sent = [Sent("shot.png", picture("PNG")), Sent("src.zip", archive("a.sol"))]
    message = rooms.write(engagement=engagement, body="", files=sent, by=cast.otto, at=AT)
    rows = {row.name: row for row in message.files.all()}
    assert rows["src.zip"].listing == [["a.sol", 1]]
    assert sorted(path.name for path in stored(media)) == sorted(row.token for row in rows.values())
    for row in rows.values():
        with reading.opened(row) as file:
            assert len(file.read()) == row.size
    assert mails() == [("chen@cast.example", "New message: Advice")]
    # One mail an hour.
    rooms.write(engagement=engagement, body="More", by=cast.otto, at=AT)
    assert len(mails()) == 1
    rooms.write(engagement=engagement, body="More", by=cast.otto, at=LATER)
    assert len(mails()) == 2


def test_a_mail_leads_to_the_room_in_the_reader_s_language(cast: Cast, engagement: Engagement) -> None:
    rooms.write(engagement=engagement, body="Secret words", by=cast.user("chen"), at=AT)
    (mail,) = Outbox.objects.filter(kind="mail")
    assert "http://localhost:8000/engagements/E-1/" in mail.payload["text"]
    assert "Secret words" not in str(mail.payload)


@pytest.mark.parametrize("case", ["drawing", "pixel flood", "document with a script", "zip bomb", "nothing"])
def test_a_refused_file_leaves_nothing(cast: Cast, engagement: Engagement, media: Path, case: str) -> None:
    name, data = HOSTILE[case]
    with pytest.raises(refusals.UploadRefused):
        rooms.write(engagement=engagement, body="x", files=[Sent("a.txt", b"a"), Sent(name, data)], by=cast.otto, at=AT)
    assert not Message.objects.exists()
    assert stored(media) == []


def test_what_fails_after_writing_is_taken_from_the_disk(
    cast: Cast, engagement: Engagement, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "QUOTA_BYTES", 10)
    with pytest.raises(refusals.QuotaFull):
        rooms.write(engagement=engagement, body="x", files=[Sent("a.txt", b"12345678901")], by=cast.otto, at=AT)
    assert (stored(media), Message.objects.count()) == ([], 0)
    rooms.write(engagement=engagement, body="x", files=[Sent("a.txt", b"1234567890")], by=cast.otto, at=AT)
    with pytest.raises(refusals.QuotaFull):
        rooms.write(engagement=engagement, body="x", files=[Sent("a.txt", b"1")], by=cast.otto, at=AT)
    # Another engagement has its own.
    rooms.write(engagement=ordered(cast, "E-2"), body="x", files=[Sent("a.txt", b"1")], by=cast.otto, at=AT)
    assert len(stored(media)) == 2


def test_at_most_three_files(cast: Cast, engagement: Engagement) -> None:
    with pytest.raises(refusals.RoomFull) as refused:
        rooms.write(engagement=engagement, body="x", files=[Sent("a.txt", b"a")] * 4, by=cast.otto, at=AT)
    assert refused.value.field == "file"
    with pytest.raises(refusals.NothingSaid):
        rooms.write(engagement=engagement, body=" \n", by=cast.otto, at=AT)


def test_a_file_is_for_those_who_see_the_room(cast: Cast, engagement: Engagement) -> None:
    message = rooms.write(engagement=engagement, body="", files=[Sent("a.txt", b"a")], by=cast.otto, at=AT)
    token = message.files.get().token
    found = {
        who: reading.for_reader(cast.user(who), "E-1", token, DAY) is not None
        for who in ("otto", "chen", "mira", "lin", "bo", "noor")
    }
    assert found == {"otto": True, "chen": True, "mira": True, "lin": True, "bo": False, "noor": False}
    ordered(cast, "E-2")
    assert reading.for_reader(cast.otto, "E-2", token, DAY) is None


def test_a_deliverable_from_promise_to_acceptance(cast: Cast, engagement: Engagement, media: Path) -> None:
    chen: User = cast.user("chen")
    promised = rooms.promise(
        engagement=engagement, title=" Review  report ", due_on=date(2026, 11, 27), note="part 1", by=chen, at=AT
    )
    assert promised.title == "Review report"
    with pytest.raises(refusals.NotDelivered):
        rooms.take(deliverable=promised, by=cast.otto, at=AT)
    with pytest.raises(refusals.NothingDelivered):
        rooms.hand_over(deliverable=promised, by=chen, at=AT)
    with pytest.raises(LinkUnreadable):
        rooms.hand_over(deliverable=promised, link="javascript:alert(1)", by=chen, at=AT)
    rooms.hand_over(deliverable=promised, files=[Sent("r.txt", b"1")], by=chen, at=AT)
    assert mails() == [("otto@cast.example", "Delivered: Review report")]
    second = rooms.hand_over(
        deliverable=promised, link="https://x.example/r", files=[Sent("r.txt", b"2")], by=chen, at=LATER
    )
    assert [reading.opened(row).read() for row in second.files.all()] == [b"2", b"1"]
    taken = rooms.take(deliverable=promised, by=cast.otto, at=LATER)
    assert (taken.accepted_by, taken.link, taken.delivered_by) == (cast.otto, "https://x.example/r", cast.chen)
    for act in (
        lambda: rooms.take(deliverable=promised, by=cast.otto, at=LATER),
        lambda: rooms.hand_over(deliverable=promised, link="https://x.example/2", by=chen, at=LATER),
        lambda: rooms.drop(deliverable=promised, by=chen, at=LATER),
    ):
        with pytest.raises(refusals.DeliverableAccepted):
            act()
    verbs = Entry.objects.filter(verb__startswith="engagement.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs)[1:] == [
        "engagement.promise",
        "engagement.hand-over",
        "engagement.hand-over",
        "engagement.take",
    ]


def test_a_promise_is_named_once_and_can_be_taken_back(cast: Cast, engagement: Engagement) -> None:
    chen = cast.user("chen")
    promised = rooms.promise(engagement=engagement, title="Report", by=chen, at=AT)
    with pytest.raises(refusals.DeliverableListed):
        rooms.promise(engagement=engagement, title="Report", by=chen, at=AT)
    with pytest.raises(refusals.TitleMissing):
        rooms.promise(engagement=engagement, title=" ", by=chen, at=AT)
    rooms.drop(deliverable=promised, by=chen, at=AT)
    rooms.drop(deliverable=promised, by=chen, at=AT)
    assert not Deliverable.objects.exists()


def test_an_agenda_is_planned_and_ticked_once(
    cast: Cast, engagement: Engagement, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = rooms.plan(engagement=engagement, text="Rounding", by=cast.otto, at=AT)
    rooms.tick(item=item, by=cast.user("chen"), at=LATER)
    assert rooms.tick(item=item, by=cast.otto, at=AT).done_at == LATER
    assert Entry.objects.filter(verb="engagement.tick").count() == 1
    monkeypatch.setattr(rooms, "AGENDA_MOST", 1)
    rooms.plan(engagement=engagement, text="Second", by=cast.otto, at=AT)
    with pytest.raises(refusals.RoomFull):
        rooms.plan(engagement=engagement, text="Third", by=cast.otto, at=AT)


STATEMENTS = [
    "UPDATE consulting_message SET body = 'other'",
    "UPDATE consulting_message SET side = 'expert'",
    "DELETE FROM consulting_message",
    "TRUNCATE consulting_message CASCADE",
    "UPDATE consulting_upload SET token = repeat('x', 43)",
    "UPDATE consulting_upload SET name = 'other.txt'",
    "UPDATE consulting_upload SET kind = 'svg'",
    "UPDATE consulting_upload SET deliverable_id = (SELECT min(id) FROM consulting_deliverable)",
    "UPDATE consulting_upload SET message_id = NULL",
    "DELETE FROM consulting_upload",
    (
        "INSERT INTO consulting_upload (engagement_id, message_id, token, name, kind, size, digest, listing,"
        " uploaded_by_id, uploaded_at) SELECT (SELECT max(id) FROM consulting_engagement), message_id,"
        " repeat('y', 43), name, kind, size, digest, listing, uploaded_by_id, uploaded_at FROM consulting_upload"
    ),
    "UPDATE consulting_upload SET size = 0",
    "UPDATE consulting_deliverable SET title = 'other' WHERE title = 'Taken'",
    "UPDATE consulting_deliverable SET accepted_at = NULL, accepted_by_id = NULL WHERE title = 'Taken'",
    "UPDATE consulting_deliverable SET delivered_at = NULL, delivered_by_id = NULL WHERE title = 'Given'",
    "UPDATE consulting_deliverable SET link = 'javascript:1' WHERE title = 'Given'",
    "UPDATE consulting_deliverable SET link = 'https://x' WHERE title = 'Promised'",
    "UPDATE consulting_deliverable SET accepted_at = now() WHERE title = 'Given'",
    (
        "UPDATE consulting_deliverable SET accepted_at = now(), accepted_by_id = (SELECT min(id) FROM accounts_user)"
        " WHERE title = 'Promised'"
    ),
    "UPDATE consulting_deliverable SET title = 'Given' WHERE title = 'Promised'",
    "DELETE FROM consulting_deliverable WHERE title = 'Given'",
    "UPDATE consulting_agendaitem SET done_at = added_at - interval '1 day'",
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_database_refuses_what_no_service_does(cast: Cast, engagement: Engagement, statement: str) -> None:
    chen = cast.user("chen")
    ordered(cast, "E-2")
    rooms.write(engagement=engagement, body="x", files=[Sent("a.txt", b"a")], by=cast.otto, at=AT)
    rooms.plan(engagement=engagement, text="x", by=cast.otto, at=AT)
    for title in ("Promised", "Given", "Taken"):
        row = rooms.promise(engagement=engagement, title=title, by=chen, at=AT)
        if title != "Promised":
            rooms.hand_over(deliverable=row, files=[Sent("a.txt", b"a")], by=chen, at=AT)
        if title == "Taken":
            rooms.take(deliverable=row, by=cast.otto, at=AT)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert (Message.objects.count(), AgendaItem.objects.count(), Upload.objects.count()) == (1, 1, 3)


def test_words_and_names_can_be_erased(cast: Cast, engagement: Engagement) -> None:
    rooms.write(engagement=engagement, body="x", files=[Sent("a.txt", b"a")], by=cast.otto, at=AT)
    Message.objects.update(body="", salt="")
    Upload.objects.update(name="", listing=[])
    assert Message.objects.get().body == Upload.objects.get().name == ""


def test_verify_names_a_file_that_is_gone(cast: Cast, engagement: Engagement, media: Path) -> None:
    for body in (b"a", b"b"):
        rooms.write(engagement=engagement, body="x", files=[Sent("a.txt", body)], by=cast.otto, at=AT)
    check = invariants["consulting.files"].check
    assert list(check()) == []
    first, second = stored(media)
    first.unlink()
    second.chmod(0o600)
    second.write_bytes(b"longer")
    assert sorted(check()) == sorted(
        f"The file {engagement.pk}/{path.name} is not in its folder, or not whole." for path in (first, second)
    )


def test_files_never_lie_among_what_is_served(settings: Any, tmp_path: Path) -> None:
    assert check_files(None) == []
    for folder in (settings.STATIC_ROOT, settings.STATICFILES_DIRS[0], Path(settings.STATIC_ROOT) / "in" / "it"):
        settings.MEDIA_ROOT = folder
        (error,) = check_files(None)
        assert error.id == "consulting.E003"
