"""Writing comments and taking them back, under the proposal's lock: docs/comments.md."""

import secrets
from datetime import datetime

from django.db import transaction
from django.db.models import Q

import charter.selectors
from accounts.models import User
from journal import texts
from journal.clock import Clock, database_clock
from journal.hashing import salted
from journal.services import entries
from members.models import Member
from proposals.models import NONCE_DIGITS, Proposal
from proposals.models.comments import Comment, CommentWords, Retraction
from proposals.refusals import comments as refusals
from proposals.rules import comments as rules
from proposals.selectors import comments as selectors
from proposals.selectors.visibility import reader_of
from proposals.services import comment_mails, locks


def write(
    *, proposal: Proposal, text: str, by: User, answers: int | None = None, clock: Clock = database_clock
) -> Comment:
    """Writes a comment in Markdown; `answers` is the number of the comment that it answers.

    Raises in this order CommentMembersOnly, CommentsClosed, CommentMissing, CommentTooLong, UnknownComment,
    AnswerTooDeep, CommentGone, SameComment, TooManyComments.
    """
    text = texts.lines(text)
    with transaction.atomic():
        # First of all locks, so that nobody waits for a person while holding a proposal.
        locks.hold_author(by.pk)
        locks.hold(proposal.pk)
        at = clock()
        # What the caller holds may be older than the lock.
        proposal = Proposal.objects.select_related("application__user", "proposed_by__user").get(pk=proposal.pk)
        member = _author(proposal, by, at)
        if not rules.is_open(selectors.standing(proposal), at):
            raise refusals.CommentsClosed
        if refused := rules.refusal_of(text):
            raise refused
        answered = _answered(proposal, answers)
        _check_pace(proposal, by, text, answered, at)
        comment = _keep(proposal, member, text, answered, at)
        comment_mails.written(comment=comment, by=by, at=at)
    return comment


def take_back(*, comment: Comment, by: User, clock: Clock = database_clock) -> Retraction:
    """Erases a comment's words and leaves its place; by its author, at any time. NotYourComment, CommentGone."""
    with transaction.atomic():
        locks.hold(comment.proposal_id)
        at = clock()
        comment = Comment.objects.select_related("proposal__application__user", "member").get(pk=comment.pk)
        reader = reader_of(by, charter.selectors.today(at))
        if not selectors.wrote(reader, comment, comment.proposal):
            raise refusals.NotYourComment
        if _is_gone(comment):
            raise refusals.CommentGone
        CommentWords.objects.filter(comment=comment).update(salt="", text="")
        retraction = Retraction.objects.create(comment=comment, taken_back_at=at)
        entries.append(
            actor=selectors.actor_of(comment),
            verb="comment.take_back",
            subject=selectors.subject_of(comment),
            data={"number": comment.number, "digest": comment.digest},
            at=at,
        )
    return retraction


def _author(proposal: Proposal, by: User, at: datetime) -> Member | None:
    """The member who writes; None for the applicant; CommentMembersOnly for anybody else."""
    reader = reader_of(by, charter.selectors.today(at))
    if not selectors.may_write(reader, proposal):
        raise refusals.CommentMembersOnly
    return reader.member if reader.inside else None


def _answered(proposal: Proposal, number: int | None) -> Comment | None:
    if number is None:
        return None
    found = Comment.objects.select_related("member__user").filter(proposal=proposal, number=number).first()
    if found is None:
        raise refusals.UnknownComment
    if found.answers_id is not None:
        raise refusals.AnswerTooDeep
    if _is_gone(found):
        raise refusals.CommentGone
    return found


def _is_gone(comment: Comment) -> bool:
    return Retraction.objects.filter(comment=comment).exists()


def _check_pace(proposal: Proposal, by: User, text: str, answered: Comment | None, at: datetime) -> None:
    """SameComment for the last words again, TooManyComments within an hour; over all that this person writes."""
    own = Comment.objects.filter(Q(member__user=by) | Q(member=None, proposal__application__user=by))
    last = own.filter(proposal=proposal, answers=answered).select_related("words").order_by("-number").first()
    if last is not None and last.words.text == text:
        raise refusals.SameComment
    if _written_since(by, at - rules.AN_HOUR) >= rules.MOST_AN_HOUR:
        raise refusals.TooManyComments


def _written_since(by: User, moment: datetime) -> int:
    """How many comments somebody wrote after a moment, as a member and as an applicant.

    Counted one by one: the index by member and time answers each, and no index a query that asks for either.
    """
    later = Comment.objects.filter(written_at__gt=moment)
    as_applicant = later.filter(member=None, proposal__application__user=by)
    return later.filter(member__user=by).count() + as_applicant.count()


def _keep(proposal: Proposal, member: Member | None, text: str, answered: Comment | None, at: datetime) -> Comment:
    last = Comment.objects.filter(proposal=proposal).order_by("-number").first()
    salt = secrets.token_hex(NONCE_DIGITS // 2)
    comment = Comment.objects.create(
        proposal=proposal,
        number=last.number + 1 if last else 1,
        member=member,
        answers=answered,
        digest=salted(salt, text),
        written_at=at,
    )
    CommentWords.objects.create(comment=comment, salt=salt, text=text)
    entries.append(
        actor=selectors.actor_of(comment),
        verb="comment.write",
        subject=selectors.subject_of(comment),
        data=selectors.written(comment),
        at=at,
    )
    return comment
