"""Mails about a room, promised in the transaction of what happened; each in its reader's language."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import mail
from consulting.models import Deliverable, Dispute, Engagement, Message, Milestone, Session
from consulting.selectors.sides import experts_of
from journal import writing
from treasury.models import Client

# The address of `consulting:engagement`; a service does not load the pages to know it (a test compares).
PAGE = "/engagements/%s/"


def written(*, message: Message, at: datetime) -> None:
    """The other side reads that something was written, at most one mail an hour; the words stay in the room."""
    engagement = message.engagement
    everybody = [*_client(engagement.client), *_experts(engagement)]
    _send(
        [user for user in everybody if user.pk != message.author_id],
        engagement,
        key=f"written/{at:%Y%m%d%H}",
        subject=_("New message: %(title)s"),
        text=_("There is a new message in the engagement %(title)s.\n\nRead and answer it here:\n%(url)s\n"),
        words={},
        at=at,
    )


def handed_over(*, deliverable: Deliverable, at: datetime) -> None:
    """The client reads what was delivered."""
    _send(
        _client(deliverable.engagement.client),
        deliverable.engagement,
        key=f"deliverable/{deliverable.pk}/{at.timestamp():.0f}",
        subject=_("Delivered: %(what)s"),
        text=_("%(what)s was delivered for the engagement %(title)s.\n\nLook at it and accept it here:\n%(url)s\n"),
        words={"what": deliverable.title},
        at=at,
    )


def session_delivered(*, session: Session, at: datetime) -> None:
    """The client reads which hours wait for the answer."""
    engagement = session.engagement
    _send(
        _client(engagement.client),
        engagement,
        key=f"session/{session.reference}",
        subject=_("Please confirm: %(what)s"),
        text=_(
            "%(expert)s recorded a session of %(hours)s on %(day)s for the engagement %(title)s: %(what)s.\n\n"
            "Confirm it, or say what is wrong, here:\n%(url)s\n"
        ),
        words={"what": session.title, "expert": session.member.name, "session": session},
        at=at,
    )


def reminded(*, engagement: Engagement, unit: str, what: str, counts_on: date, at: datetime) -> None:
    """The client reads until when they can still answer; `unit` names it, `what` says it in words."""
    _send(
        _client(engagement.client),
        engagement,
        key=f"silence/{unit}/{counts_on.isoformat()}/{at:%Y%m%d}",
        subject=_("Please answer: %(what)s"),
        text=_(
            "%(what)s was delivered for the engagement %(title)s and waits for your answer. If you do not answer by "
            "%(last)s, it counts as accepted: that is what you agreed to.\n\nConfirm it, or say what is wrong, here:\n"
            "%(url)s\n"
        ),
        words={"what": what, "last_on": counts_on - timedelta(days=1)},
        at=at,
    )


def disputed(*, dispute: Dispute, by: User, at: datetime) -> None:
    """Everybody else on the two sides reads that the money is frozen; the reason stays on the page."""
    engagement = dispute.engagement
    everybody = [*_client(engagement.client), *_experts(engagement)]
    _send(
        [user for user in everybody if user.pk != by.pk],
        engagement,
        key=f"dispute/{dispute.pk}/opened",
        subject=_("In dispute: %(title)s"),
        text=_(
            "The engagement %(title)s is in dispute. Until that is settled nothing of it is accepted or refunded.\n\n"
            "Read why, and say what you offer, here:\n%(url)sdispute/\n"
        ),
        words={},
        at=at,
    )


def settled(*, dispute: Dispute, at: datetime) -> None:
    """Both sides read how the dispute ended."""
    engagement = dispute.engagement
    _send(
        [*_client(engagement.client), *_experts(engagement)],
        engagement,
        key=f"dispute/{dispute.pk}/settled",
        subject=_("Settled: %(title)s"),
        text=_(
            "The dispute over %(title)s is settled: %(percent)s %% of what was open goes to the experts and the pool, "
            "the rest is the client’s again.\n\n%(url)s\n"
        ),
        words={"percent": dispute.percent},
        at=at,
    )


def milestone_delivered(*, milestone: Milestone, at: datetime) -> None:
    """The client reads that a milestone waits for the answer."""
    _send(
        _client(milestone.engagement.client),
        milestone.engagement,
        key=f"milestone/{milestone.reference}/{at.timestamp():.0f}",
        subject=_("Please confirm: %(what)s"),
        text=_(
            "The milestone %(what)s of the engagement %(title)s is done.\n\n"
            "Confirm it, or say what is wrong, here:\n%(url)s\n"
        ),
        words={"what": milestone.title},
        at=at,
    )


def _client(client: Client) -> list[User]:
    return [client.user] if client.user is not None else []


def _experts(engagement: Engagement) -> list[User]:
    return [member.user for member in experts_of(engagement).select_related("user") if member.user is not None]


def _send(
    people: Iterable[User],
    engagement: Engagement,
    *,
    key: str,
    subject: Promise,
    text: Promise,
    words: dict[str, object],
    at: datetime,
) -> None:
    for user in people:
        with translation.override(user.language or settings.LANGUAGE_CODE):
            said = {"title": engagement.title, "url": settings.BASE_URL + PAGE % engagement.reference, **words}
            session = said.pop("session", None)
            if isinstance(last_on := said.pop("last_on", None), date):
                said["last"] = writing.day(last_on, shape="day_year")
            if isinstance(session, Session):
                said |= {"hours": writing.hours(session.hours_centi), "day": writing.day(session.held_on)}
            mail.put(
                to=user.email,
                subject=str(subject) % said,
                text=str(text) % said,
                sender=settings.DEFAULT_FROM_EMAIL,
                key=f"room/{engagement.reference}/{key}/{user.pk}",
                at=at,
            )
