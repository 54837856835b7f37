"""Comments beside a proposal: the threads with the form, writing, answering, taking back."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import user_of
from journal import texts
from journal.refusals import Refusal
from proposals.forms import CommentForm
from proposals.models import Comment, Proposal
from proposals.refusals.comments import CommentGone
from proposals.rules import kinds
from proposals.rules.comments import HEADING, Standing, is_open
from proposals.selectors import comments as selectors
from proposals.selectors.comments import Remark
from proposals.selectors.lookups import proposal_of
from proposals.selectors.visibility import sees_comments
from proposals.services import comments
from proposals.views import kept
from proposals.views.readers import Visit, visit

NUMBER_LONGEST = 9


@dataclass(frozen=True)
class Drawn:
    """A comment with its words as HTML, and its answers."""

    remark: Remark
    html: SafeString
    answers: Sequence["Drawn"] = ()


@dataclass(frozen=True)
class Box:
    """The section of comments. `form` is None for who does not write; `closed`: nobody writes any more."""

    number: int
    threads: Sequence[Drawn]
    page: Page[Comment]
    form: CommentForm | None
    answered: Remark | None
    closed: bool


def box(
    proposal: Proposal,
    seen: Visit,
    *,
    standing: Standing,
    page: str | None = None,
    form: CommentForm | None = None,
    answered: Comment | None = None,
) -> Box | None:
    """What a reader sees of a proposal's comments; None for who reads none of them, or finds nothing to do or read."""
    found = selectors.discussion(proposal, reader=seen.reader, page=page)
    if found is None:
        return None
    writes = selectors.may_write(seen.reader, proposal)
    taken = writes and is_open(standing, seen.at)
    if not found.threads and not taken:
        return None
    remarks = selectors.remarks([answered] if answered else [], proposal, seen.reader)
    return Box(
        number=proposal.number,
        threads=[_drawn(thread.first, thread.answers) for thread in found.threads],
        page=found.page,
        form=(form or _form(proposal, answered)) if taken else None,
        answered=remarks[0] if remarks else None,
        closed=writes and not taken,
    )


def _drawn(remark: Remark, answers: Sequence[Remark] = ()) -> Drawn:
    return Drawn(remark, texts.drawn(remark.text, heading=HEADING), [_drawn(answer) for answer in answers])


def _form(proposal: Proposal, answered: Comment | None, data: QueryDict | None = None) -> CommentForm:
    """Worded before it is read: a field keeps the label that it was first asked with."""
    return CommentForm(data).of(answered.number if answered else None, _readers(proposal))


def _readers(proposal: Proposal) -> str:
    """Who will read it, and what may stand in it."""
    if proposal.kind in kinds.OPEN_WORDS:
        return _("Everybody can read it. You can use Markdown: **bold**, lists, links.")
    if proposal.application_id is not None:
        return _("All members and the applicant read it. You can use Markdown: **bold**, lists, links.")
    return _("All members read it. You can use Markdown: **bold**, lists, links.")


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, number: int) -> HttpResponse:
    """`/proposals/31/comments/`: `?page=2` older ones, `?answer=7` answers; a POST writes."""
    proposal = _proposal(number)
    if request.method == "POST":
        return _write(request, proposal)
    seen = visit(request)
    asked = request.GET.get("answer", "")
    answered = _comment(proposal, asked, seen) if asked else None
    return _answer(request, proposal, seen, answered=answered)


@require_safe
def one(request: HttpRequest, number: int, comment: int) -> HttpResponse:
    """`/proposals/31/comments/7/`: leads to its place among the others, wherever that is by now."""
    proposal = _proposal(number)
    return redirect(_place(_comment(proposal, str(comment), visit(request))))


@require_POST
@login_required
def take_back(request: HttpRequest, number: int, comment: int) -> HttpResponse:
    """Its author erases the words; a second click finds it done."""
    proposal, seen = _proposal(number), visit(request)
    found = selectors.comment_of(proposal, comment, reader=seen.reader)
    with contextlib.suppress(CommentGone):
        comments.take_back(comment=found, by=user_of(request))
    # Who has left takes back what they no longer read.
    return redirect(_place(found) if sees_comments(seen.reader, proposal) else reverse("proposals:list"))


def _proposal(number: int) -> Proposal:
    found = proposal_of(number)
    if found is None:
        raise Http404
    return found


def _comment(proposal: Proposal, number: str, seen: Visit) -> Comment:
    """The comment that a text names; UnknownComment."""
    digits = number.isascii() and number.isdigit() and len(number) <= NUMBER_LONGEST
    return selectors.comment_of(proposal, int(number) if digits else 0, reader=seen.reader)


def _place(comment: Comment) -> str:
    number, where = comment.proposal.number, selectors.page_of(comment)
    address = reverse("proposals:detail", args=[number])
    if where > 1:
        address = f"{reverse('proposals:comments', args=[number])}?page={where}"
    return f"{address}#comment-{comment.number}"


@login_required
def _write(request: HttpRequest, proposal: Proposal) -> HttpResponse:
    seen, named = visit(request), request.POST.get("answers", "")
    answered = _comment(proposal, named, seen) if named else None
    form = _form(proposal, answered, request.POST)
    try:
        written = comments.write(
            proposal=proposal,
            text=form.typed("text"),
            by=user_of(request),
            answers=answered.number if answered else None,
        )
    except Refusal as refusal:
        if refusal.field:
            form.refuse(refusal)
            return _answer(request, proposal, seen, form=form, answered=answered, refusal=refusal)
        # What was answered may be gone, or an answer itself: the words are kept as a comment of their own.
        alone = _form(proposal, None, QueryDict(urlencode({"text": form.typed("text")})))
        return _answer(request, proposal, seen, form=alone, refusal=refusal)
    return redirect(_place(written))


def _answer(
    request: HttpRequest,
    proposal: Proposal,
    seen: Visit,
    *,
    form: CommentForm | None = None,
    answered: Comment | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """The page; after a refusal with its sentence, its status and what was typed."""
    if not sees_comments(seen.reader, proposal):
        raise refusal or Http404
    standing = selectors.standing(proposal)
    drawn = box(proposal, seen, standing=standing, page=request.GET.get("page"), form=form, answered=answered)
    context = {"proposal": proposal, "box": drawn, "now": seen.at}
    context |= kept.told(form, drawn=[drawn.form] if drawn else [], refusal=refusal)
    return render(request, "proposals/comments.html", context, status=refusal.status if refusal else 200)
