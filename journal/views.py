"""The journal's heads, for everybody to keep: a page and a feed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from journal.selectors import head, heads

CACHED = 60


def _tag(_request: HttpRequest) -> str:
    """The feed is another as soon as the head is, and in each language."""
    return f'"{head().digest}-{get_language()}"'


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """`/journal/`: what a head is, the newest one, and the last of each hour before it."""
    found = heads()
    context = {"head": found[0] if found else None, "before": found[1:], "now": timezone.now()}
    return render(request, "journal/page.html", context)


@require_safe
@cache_control(public=True, max_age=CACHED)
@condition(etag_func=_tag)
def feed(request: HttpRequest) -> HttpResponse:
    """The same heads as Atom: what a feed reader has fetched, nobody here can take back."""
    here = request.build_absolute_uri(reverse("journal:page"))
    found = Atom1Feed(
        title=_("Heads of the journal"),
        link=here,
        description="",
        language=get_language() or "en",
        feed_url=request.build_absolute_uri(reverse("journal:feed")),
    )
    for one in heads():
        found.add_item(
            title=f"{one.number}:{one.digest}",
            link=here,
            description="",
            unique_id=f"{here}#{one.number}",
            pubdate=one.sealed_at,
            updateddate=one.sealed_at,
        )
    return HttpResponse(found.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
