"""Reading quotes: by the mailed address for the client, by number for the experts."""

from datetime import date, datetime

from django.db.models import Q, QuerySet

from accounts.models import User
from consulting.models import Quote
from members.models import Member
from members.selectors.people import Signed, member_of, roles_on


def by_token(token: str) -> Quote | None:
    """The quote of a mailed address."""
    return _rows().filter(token=token).first()


def _rows() -> QuerySet[Quote]:
    return Quote.objects.select_related("member__user", "client", "asked_by", "engagement").prefetch_related(
        "experts__member"
    )


def none() -> QuerySet[Quote]:
    """No quote: what the schema is drawn from."""
    return Quote.objects.none()


def visible_to(user: Signed, day: date) -> QuerySet[Quote]:
    """The quotes that a person may read, the latest first: an expert of them, the leader and the treasurer.

    Requests whose address is not proved are nobody's to see. The client reads theirs by its address.
    """
    rows = _rows().filter(verified_at__isnull=False).order_by("-asked_at", "-pk")
    if not isinstance(user, User):
        return rows.none()
    if roles_on(user, day) & {"leader", "treasurer"}:
        return rows
    member = member_of(user)
    if member is None:
        return rows.none()
    return rows.filter(Q(member=member) | Q(experts__member=member)).distinct()


def asked_of(user: Signed) -> QuerySet[Quote]:
    """What a person asked for, the latest first."""
    rows = _rows().order_by("-asked_at", "-pk")
    return rows.filter(asked_by=user) if isinstance(user, User) else rows.none()


def to_write(user: Signed) -> QuerySet[Quote]:
    """The requests that wait for this expert's offer, the oldest first."""
    rows = _rows().filter(verified_at__isnull=False, sent_at=None, declined_at=None).order_by("asked_at", "pk")
    return rows.filter(member__user=user) if isinstance(user, User) else rows.none()


def to_answer(user: Signed, at: datetime) -> QuerySet[Quote]:
    """The offers that wait for this client's answer and are still valid, what ends first in front."""
    rows = _rows().filter(accepted_at=None, declined_at=None, valid_until__gt=at).order_by("valid_until", "pk")
    return rows.filter(asked_by=user) if isinstance(user, User) else rows.none()


def weights_of(quote: Quote) -> dict[str, int]:
    """The weights of a quote's experts by handle, in the order in which they stand."""
    return {row.member.handle: row.weight for row in quote.experts.all()}


def is_author(user: Signed, quote: Quote) -> bool:
    """Whether somebody is the expert who was asked."""
    member: Member | None = member_of(user)
    return member is not None and member.pk == quote.member_id
