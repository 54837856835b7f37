"""What a client says about work that was accepted: one text an engagement, theirs to change, hidden by the leader."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from charter.selectors import timeline
from consulting.models import Engagement, Review
from consulting.refusals.writing import ClientOnly, LeaderOnly, NothingAccepted, ReasonMissing
from consulting.rules import writing
from journal import texts
from journal.services import entries
from members.models import Member
from members.selectors.people import By, actor, roles_on

REASON_LONGEST = 200


def write(*, engagement: Engagement, text: str, named: bool, by: User, at: datetime) -> Review:
    """The client's words, in place of earlier ones; `named` shows the client's name beside them.

    Raises ClientOnly, NothingAccepted, TextMissing, TextTooLong. What the leader hid stays hidden.
    """
    text = texts.line(text)
    writing.check_length("text", text)
    with transaction.atomic():
        engagement = Engagement.objects.select_for_update(no_key=True).select_related("client").get(pk=engagement.pk)
        if engagement.client.user_id != by.pk:
            raise ClientOnly
        if not engagement.acceptances.exists():
            raise NothingAccepted
        review, _created = Review.objects.update_or_create(
            engagement=engagement, defaults={"text": text, "named": named, "written_by": by, "written_at": at}
        )
        _note(review, "review.write", {"named": named}, by, at)
    return review


def hide(*, review: Review, reason: str, by: By, at: datetime) -> Review:
    """Off the expert's page, with a reason. Raises LeaderOnly, ReasonMissing, TextTooLong."""
    reason = texts.line(reason)
    if not reason:
        raise ReasonMissing
    writing.check_length("reason", reason, REASON_LONGEST)
    return _set(review, at, reason, "review.hide", by, at)


def show(*, review: Review, by: By, at: datetime) -> Review:
    """On the expert's page again. Raises LeaderOnly."""
    return _set(review, None, "", "review.show", by, at)


def _set(review: Review, hidden_at: datetime | None, reason: str, verb: str, by: By, at: datetime) -> Review:
    with transaction.atomic():
        review = Review.objects.select_for_update(of=("self",)).select_related("engagement__client").get(pk=review.pk)
        _require_leader(by, at)
        review.hidden_at, review.hidden_reason = hidden_at, reason
        review.save(update_fields=["hidden_at", "hidden_reason"])
        _note(review, verb, {}, by, at)
    return review


def _require_leader(by: By, at: datetime) -> None:
    if isinstance(by, str):
        return
    user = by.user if isinstance(by, Member) else by
    if user is None or "leader" not in roles_on(user, timeline().day_of(at)):
        raise LeaderOnly


def _note(review: Review, verb: str, data: dict[str, object], by: By, at: datetime) -> None:
    entries.append(actor=actor(by), verb=verb, subject=f"engagement/{review.engagement.reference}", data=data, at=at)
