"""A client's review of accepted work; the leader hides one, with a reason."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import user_of
from consulting.forms.writing import ReviewForm
from consulting.selectors import writing
from consulting.selectors.sides import experts_of
from consulting.services import reviews
from journal.refusals import Refusal


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, reference: str) -> HttpResponse:
    """`/engagements/REF/review/`: for its client, everybody else finds nothing here."""
    user = user_of(request)
    engagement = writing.of_client(user, reference)
    if engagement is None:
        raise Http404
    before = writing.review_of(engagement)
    start = {"text": before.text, "named": before.named} if before else {}
    form = ReviewForm(request.POST if request.method == "POST" else None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            reviews.write(engagement=engagement, by=user, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            if refusal.status != HTTPStatus.UNPROCESSABLE_ENTITY:
                raise
            form.refuse(refusal)
        else:
            return redirect("consulting:review", reference)
    context = {
        "engagement": engagement,
        "experts": experts_of(engagement),
        "review": before,
        "form": form,
        "now": timezone.now(),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "consulting/review.html", context, status=status)


@login_required
@require_POST
def hide(request: HttpRequest, pk: int) -> HttpResponse:
    """Off the expert's page with a `reason`, or with `show` on it again."""
    found = writing.review_by_key(pk)
    if found is None:
        raise Http404
    user, at = user_of(request), timezone.now()
    if "show" in request.POST:
        reviews.show(review=found, by=user, at=at)
    else:
        reviews.hide(review=found, reason=request.POST.get("reason", ""), by=user, at=at)
    expert = experts_of(found.engagement).first()
    return redirect("consulting:expert", expert.handle) if expert else redirect("consulting:experts")
