"""Who hears of a comment: who put the proposal forward and who is answered. The mail has none of its words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

import charter.selectors
from accounts.models import User
from accounts.services import mail
from members.models import Member
from members.selectors import people
from proposals.models.comments import Comment
from proposals.selectors.comments import name_of
from proposals.selectors.visibility import Reader, reader_of, sees_comments

# The address of `proposals:comment`; a service does not load every page's module to know its own (a test compares).
PAGE = "/proposals/%d/comments/%d/"


@dataclass(frozen=True)
class Receiver:
    """Somebody whom a comment concerns, as a reader of that day, and why they are told."""

    address: str
    language: str
    reader: Reader
    answered: bool


def written(*, comment: Comment, by: User, at: datetime) -> None:
    """One mail a person at most, to who may read it on this day; words that are taken back are in no mailbox.

    `comment` has its proposal, member and answered comment at hand.
    """
    told = {by.email.lower(), _own(comment)}
    for receiver in _concerned(comment, charter.selectors.today(at)):
        address = receiver.address.lower()
        if address and address not in told and sees_comments(receiver.reader, comment.proposal):
            told.add(address)
            _put(comment, receiver, at)


def _own(comment: Comment) -> str:
    """The address in the group of a member who has another one to sign in with."""
    return comment.member.email.lower() if comment.member else ""


def _concerned(comment: Comment, day: date) -> Iterator[Receiver]:
    """Who is answered first: of the two reasons to be told it is the closer one."""
    proposal, answered = comment.proposal, comment.answers
    if answered is not None and answered.member is not None:
        yield _member(answered.member, day, answered=True)
    elif answered is not None:
        assert proposal.application is not None
        user = proposal.application.user
        yield Receiver(user.email, user.language, reader_of(user, day), answered=True)
    if proposal.proposed_by is not None:
        yield _member(proposal.proposed_by, day, answered=False)


def _member(member: Member, day: date, *, answered: bool) -> Receiver:
    address = member.email or (member.user.email if member.user else "")
    reader = Reader(user=member.user_id, member=member, inside=people.is_active(member, day))
    return Receiver(address, member.user.language if member.user else "", reader, answered)


def _put(comment: Comment, receiver: Receiver, at: datetime) -> None:
    proposal = comment.proposal
    with translation.override(receiver.language or settings.LANGUAGE_CODE):
        words = {
            "name": name_of(comment, proposal) or _("an erased person"),
            "title": proposal.title,
            "url": settings.BASE_URL + PAGE % (proposal.number, comment.number),
        }
        answer = _(
            "%(title)s\n\n%(name)s answered your comment.\n\n%(url)s\n\nThe words are on the page only, so that "
            "their author can take them back.\n"
        )
        remark = _(
            "%(title)s\n\n%(name)s commented on the proposal that you put forward.\n\n%(url)s\n\nThe words are on the "
            "page only, so that their author can take them back.\n"
        )
        mail.put(
            to=receiver.address,
            subject=_("Comment: %(title)s") % words,
            text=(answer if receiver.answered else remark) % words,
            sender=settings.DEFAULT_FROM_EMAIL,
            key=f"proposal/{proposal.number}/comment/{comment.number}/{receiver.reader.user or receiver.address}",
            at=at,
        )
