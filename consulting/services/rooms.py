"""What the sides do in an engagement's room: write, plan the next session, deliver, accept (income.2)."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from charter.selectors import timeline
from consulting.models import AgendaItem, Deliverable, Engagement, Message
from consulting.refusals.delivery import (
    DeliverableAccepted,
    DeliverableListed,
    NotDelivered,
    NothingDelivered,
    NothingSaid,
    RoomFull,
)
from consulting.rules import offering, rooms
from consulting.selectors import sides
from consulting.services import files as filing
from consulting.services import letters
from consulting.services.engagements import locked, subject
from consulting.services.files import Sent
from journal.hashing import salted
from journal.services import entries
from members.models import Member
from members.selectors.people import actor, member_of

AGENDA_MOST = 50
DELIVERABLES_MOST = 100


def write(*, engagement: Engagement, body: str, by: User, at: datetime, files: Sequence[Sent] = ()) -> Message:
    """A message of one of the sides, the treasurer or the leader, with files; the other side is told by mail.

    Raises NotYourRoom, NothingSaid, RoomFull for more than three files, UploadRefused by its kinds, QuotaFull.
    """
    body = body.strip()
    if not body and not files:
        raise NothingSaid
    side = _side(engagement, by, at)
    rooms.check_writes(side)
    with filing.written(files) as kept, transaction.atomic():
        engagement = locked(engagement)
        message = Message.objects.create(
            engagement=engagement, author=by, side=side, body=body, written_at=at, salt=secrets.token_hex(16)
        )
        filing.attach(kept, engagement=engagement, message=message, by=by, at=at)
        entries.append(
            actor=_named(by),
            verb="engagement.write",
            subject=subject(engagement),
            data={"message": message.pk, "body": salted(message.salt, body), "files": filing.facts(kept)},
            at=at,
        )
        letters.written(message=message, at=at)
    return message


def plan(*, engagement: Engagement, text: str, by: User, at: datetime) -> AgendaItem:
    """A point for the next session, by either side. Raises NotYourRoom, TitleMissing, RoomFull."""
    text = rooms.titled(text)
    rooms.check_takes_part(_side(engagement, by, at))
    with transaction.atomic():
        engagement = locked(engagement)
        if engagement.agenda.filter(done_at=None).count() >= AGENDA_MOST:
            raise RoomFull(field="text")
        item = AgendaItem.objects.create(engagement=engagement, text=text, added_by=by, added_at=at)
        _note(engagement, "engagement.plan", {"item": item.pk}, by, at)
    return item


def tick(*, item: AgendaItem, by: User, at: datetime) -> AgendaItem:
    """A point that was talked about, once; said twice it stays as it is. Raises NotYourRoom."""
    rooms.check_takes_part(_side(item.engagement, by, at))
    with transaction.atomic():
        if AgendaItem.objects.filter(pk=item.pk, done_at=None).update(done_at=max(at, item.added_at)):
            _note(item.engagement, "engagement.tick", {"item": item.pk}, by, at)
    item.refresh_from_db(fields=["done_at"])
    return item


def promise(
    *, engagement: Engagement, title: str, by: User, at: datetime, due_on: date | None = None, note: str = ""
) -> Deliverable:
    """What the client will get, by an expert. Raises ExpertsOnly, TitleMissing, DeliverableListed, RoomFull."""
    title = rooms.titled(title)
    rooms.check_expert(_side(engagement, by, at))
    with transaction.atomic():
        engagement = locked(engagement)
        if engagement.deliverables.count() >= DELIVERABLES_MOST:
            raise RoomFull(field="title")
        deliverable, created = Deliverable.objects.get_or_create(
            engagement=engagement, title=title, defaults={"due_on": due_on, "note": " ".join(note.split())}
        )
        if not created:
            raise DeliverableListed
        data: dict[str, object] = {"deliverable": deliverable.pk, "due_on": due_on.isoformat() if due_on else None}
        _note(engagement, "engagement.promise", data, by, at)
    return deliverable


def hand_over(
    *, deliverable: Deliverable, by: User, at: datetime, link: str = "", files: Sequence[Sent] = ()
) -> Deliverable:
    """Delivers by file or link; again until the client accepts it: the newest file stands in front.

    Raises ExpertsOnly, NothingDelivered, LinkUnreadable, DeliverableAccepted, UploadRefused by its kinds, QuotaFull.
    """
    link = link.strip()
    if not link and not files:
        raise NothingDelivered
    if link:
        offering.check_link(link)
    rooms.check_expert(_side(deliverable.engagement, by, at))
    member = member_of(by)
    with filing.written(files) as kept, transaction.atomic():
        engagement = locked(deliverable.engagement)
        deliverable = _held(deliverable)
        if deliverable.accepted_at is not None:
            raise DeliverableAccepted
        deliverable.link = link or deliverable.link
        deliverable.delivered_by, deliverable.delivered_at = member, at
        deliverable.save(update_fields=["link", "delivered_by", "delivered_at"])
        filing.attach(kept, engagement=engagement, deliverable=deliverable, by=by, at=at)
        data = {"deliverable": deliverable.pk, "link": deliverable.link, "files": filing.facts(kept)}
        _note(engagement, "engagement.hand-over", data, by, at)
        letters.handed_over(deliverable=deliverable, at=at)
    return deliverable


def take(*, deliverable: Deliverable, by: User, at: datetime) -> Deliverable:
    """The client accepts what was delivered; it stays then. No money moves: that is a session's or a milestone's.

    Raises ClientOnly, NotDelivered, DeliverableAccepted.
    """
    rooms.check_client(_side(deliverable.engagement, by, at))
    with transaction.atomic():
        engagement = locked(deliverable.engagement)
        deliverable = _held(deliverable)
        if deliverable.accepted_at is not None:
            raise DeliverableAccepted
        if deliverable.delivered_at is None:
            raise NotDelivered
        deliverable.accepted_by, deliverable.accepted_at = by, max(at, deliverable.delivered_at)
        deliverable.save(update_fields=["accepted_by", "accepted_at"])
        _note(engagement, "engagement.take", {"deliverable": deliverable.pk}, by, at)
    return deliverable


def drop(*, deliverable: Deliverable, by: User, at: datetime) -> None:
    """Takes a promise back that was not delivered; gone is gone. Raises ExpertsOnly, DeliverableAccepted."""
    rooms.check_expert(_side(deliverable.engagement, by, at))
    with transaction.atomic():
        engagement = locked(deliverable.engagement)
        found = Deliverable.objects.filter(pk=deliverable.pk).first()
        if found is None:
            return
        if found.delivered_at is not None:
            raise DeliverableAccepted
        found.delete()
        _note(engagement, "engagement.drop", {"deliverable": deliverable.pk}, by, at)


def _held(deliverable: Deliverable) -> Deliverable:
    """The row as it is now; who asks holds the engagement's, under which all changes of it are made."""
    return Deliverable.objects.select_related("engagement__client").get(pk=deliverable.pk)


def _side(engagement: Engagement, by: User, at: datetime) -> str:
    return sides.side_of(by, engagement, timeline().day_of(at))


def _named(by: User) -> str:
    member: Member | None = member_of(by)
    return actor(member or by)


def _note(engagement: Engagement, verb: str, data: dict[str, object], by: User, at: datetime) -> None:
    entries.append(actor=_named(by), verb=verb, subject=subject(engagement), data=data, at=at)
