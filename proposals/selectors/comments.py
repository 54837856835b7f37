"""Comments as a reader sees them: threads, the newest first, answers below in their order; three queries a page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from journal.hashing import salted
from journal.models import Entry
from members.selectors import people
from proposals.models import Outcome, Proposal, Round
from proposals.models.comments import Comment, Retraction
from proposals.refusals.comments import UnknownComment
from proposals.rules.comments import Standing
from proposals.selectors.visibility import Reader, is_applicant, sees_comments

THREADS_A_PAGE = 20


@dataclass(frozen=True)
class Remark:
    """A comment as it is shown. `text` is empty once erased; `handle` is empty for the applicant."""

    number: int
    author: str
    handle: str
    answers: int | None
    text: str
    digest: str
    written_at: datetime
    taken_back_at: datetime | None
    yours: bool


@dataclass(frozen=True)
class Thread:
    """A comment with its answers."""

    first: Remark
    answers: tuple[Remark, ...]


@dataclass(frozen=True)
class Discussion:
    """A page of threads."""

    threads: tuple[Thread, ...]
    page: Page[Comment]


def standing(proposal: Proposal) -> Standing:
    """What says whether comments are taken; inside the proposal's lock it cannot move. Two queries."""
    last = Round.objects.filter(proposal=proposal).order_by("-number").values("pk")[:1]
    row = Proposal.objects.select_related("application", "execution").get(pk=proposal.pk)
    return standing_of(row, Outcome.objects.filter(round__in=last).first())


def standing_of(proposal: Proposal, outcome: Outcome | None) -> Standing:
    """The same where the last round's outcome is at hand, and the proposal's application and execution."""
    application = proposal.application
    withdrawn = application is not None and application.has_ended
    return Standing(
        kind=proposal.kind,
        result=outcome.result if outcome else "",
        expires_at=outcome.expires_at if outcome else None,
        executed=getattr(proposal, "execution", None) is not None,
        gone=withdrawn or proposal.taken_back_at is not None,
    )


def may_write(reader: Reader, proposal: Proposal) -> bool:
    """Whether the reader is one of those who comment here: a member of the day, or the applicant."""
    return reader.inside or is_applicant(reader, proposal)


def discussion(proposal: Proposal, *, reader: Reader, page: str | None = None) -> Discussion | None:
    """A page of a proposal's threads, `page` as typed; None for who does not read them."""
    if not sees_comments(reader, proposal):
        return None
    firsts = _whole().filter(proposal=proposal, answers=None).order_by("-number")
    found = Paginator(firsts, THREADS_A_PAGE).get_page(page)
    rows = list(found)
    answers = list(_whole().filter(answers__in=rows).order_by("number")) if rows else []
    threads = tuple(
        Thread(
            _remark(first, proposal, reader),
            tuple(_remark(row, proposal, reader) for row in answers if row.answers_id == first.pk),
        )
        for first in rows
    )
    return Discussion(threads, found)


def page_of(comment: Comment) -> int:
    """The page that a comment's thread stands on, from 1."""
    first = comment.answers or comment
    later = Comment.objects.filter(proposal=first.proposal_id, answers=None, number__gt=first.number).count()
    return later // THREADS_A_PAGE + 1


def all_of(proposal: Proposal, *, reader: Reader) -> QuerySet[Comment] | None:
    """A proposal's comments in order of number; None for who does not read them."""
    return _whole().filter(proposal=proposal).order_by("number") if sees_comments(reader, proposal) else None


def remarks(rows: Sequence[Comment], proposal: Proposal, reader: Reader) -> list[Remark]:
    """Some of `all_of` as they are shown."""
    return [_remark(row, proposal, reader) for row in rows]


def nothing() -> QuerySet[Comment]:
    """No comment: what the schema is drawn from."""
    return Comment.objects.none()


def comment_of(proposal: Proposal, number: int, *, reader: Reader) -> Comment:
    """A comment that the reader reads or wrote; UnknownComment."""
    found = _whole().filter(proposal=proposal, number=number).first()
    if found is None or not (sees_comments(reader, proposal) or wrote(reader, found, proposal)):
        raise UnknownComment
    return found


def wrote(reader: Reader, comment: Comment, proposal: Proposal) -> bool:
    """Whether the reader is a comment's author."""
    if comment.member is None:
        return is_applicant(reader, proposal)
    return reader.user is not None and comment.member.user_id == reader.user


def name_of(comment: Comment, proposal: Proposal) -> str:
    """Who wrote it, by name; the applicant's is the one in the title and erased with it."""
    return comment.member.name if comment.member else proposal.about


def _whole() -> QuerySet[Comment]:
    return Comment.objects.select_related("member", "answers", "words", "retraction")


def _remark(comment: Comment, proposal: Proposal, reader: Reader) -> Remark:
    retraction: Retraction | None = getattr(comment, "retraction", None)
    return Remark(
        number=comment.number,
        author=name_of(comment, proposal),
        handle=comment.member.handle if comment.member else "",
        answers=comment.answers.number if comment.answers else None,
        text=comment.words.text,
        digest=comment.digest,
        written_at=comment.written_at,
        taken_back_at=retraction.taken_back_at if retraction else None,
        yours=wrote(reader, comment, proposal),
    )


def broken_comments() -> Iterator[str]:
    """A sentence for each comment or retraction that is not what the journal says, or whose words are others."""
    verbs = ("comment.write", "comment.take_back")
    told = {(entry.verb, entry.subject): entry for entry in Entry.objects.filter(verb__in=verbs)}
    for row in _whole().select_related("proposal__application__user").order_by("pk").iterator(chunk_size=500):
        yield from _broken(row, told)
    for verb, subject in told:
        yield f"journal: {verb} of {subject} has no row any more"


def _broken(row: Comment, told: dict[tuple[str, str], Entry]) -> Iterator[str]:
    name, subject, actor = f"proposals_comment {row.pk}", subject_of(row), actor_of(row)
    entry = told.pop(("comment.write", subject), None)
    if entry is None or (entry.data, entry.at, entry.actor) != (written(row), row.written_at, actor):
        yield f"{name}: is not the one in the journal"
    words, retraction = getattr(row, "words", None), getattr(row, "retraction", None)
    if words is None or (words.text and salted(words.salt, words.text) != row.digest):
        yield f"{name}: its words are not those that were written"
    if retraction is None:
        return
    entry = told.pop(("comment.take_back", subject), None)
    stands = ({"number": row.number, "digest": row.digest}, retraction.taken_back_at, actor)
    if entry is None or (entry.data, entry.at, entry.actor) != stands:
        yield f"{name}: its retraction is not the one in the journal"
    if words is not None and words.text:
        yield f"{name}: was taken back and still has its words"


def subject_of(comment: Comment) -> str:
    """How the journal names a comment."""
    return f"proposal/{comment.proposal.number}/comment/{comment.number}"


def actor_of(comment: Comment) -> str:
    """How the journal names its author."""
    if comment.member is not None:
        return people.actor(comment.member)
    application = comment.proposal.application
    assert application is not None
    return people.actor(application.user)


def written(comment: Comment) -> dict[str, object]:
    """What the entry of a comment holds: no words."""
    answers = comment.answers.number if comment.answers else None
    return {"number": comment.number, "answers": answers, "digest": comment.digest}
