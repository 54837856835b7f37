"""`/articles/`: what the group wrote up, for everybody; writing, asking the client, publishing."""

from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import user_of
from charter import selectors as charter
from consulting.forms.writing import ArticleForm
from consulting.models import Article
from consulting.refusals.writing import AuthorOnly
from consulting.rules.offering import LANGUAGES
from consulting.selectors import writing
from consulting.services import articles
from journal import texts
from journal.refusals import Refusal
from members.models import Member
from members.selectors import people

PAGE = 20
FEED_MOST = 50


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The publication list with its figures (why.4)."""
    known = writing.languages()
    language = request.GET.get("language", "")
    page = Paginator(writing.published(language if language in known else ""), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "figures": writing.figures(),
        "language": language,
        "languages": [(code, LANGUAGES.get(code, code)) for code in known],
        "names": LANGUAGES,
        "now": timezone.now(),
    }
    return render(request, "consulting/articles.html", context)


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The latest articles as Atom, whole."""
    here = request.build_absolute_uri
    found = Atom1Feed(
        title=_("What the expert group wrote up"),
        link=here(reverse("consulting:articles")),
        description="",
        language=get_language() or "en",
        feed_url=here(reverse("consulting:articles-feed")),
    )
    for article in writing.published()[:FEED_MOST]:
        assert article.published_at is not None
        address = here(reverse("consulting:article", args=[article.slug]))
        found.add_item(
            title=article.title,
            link=address,
            description=str(texts.drawn(article.body)),
            unique_id=address,
            author_name=texts.line(article.author.name),
            pubdate=article.published_at,
            updateddate=article.published_at,
        )
    return HttpResponse(found.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """An article; its author and its client have their buttons beside it."""
    read = writing.read(slug, request.user)
    if read is None:
        raise Http404
    context = {
        "article": read.article,
        "reader": read.reader,
        "body": texts.drawn(read.article.body),
        "language_name": LANGUAGES.get(read.article.language, read.article.language),
        "now": timezone.now(),
    }
    return render(request, "consulting/article.html", context)


def _author(request: HttpRequest) -> Member:
    member = people.member_of(user_of(request))
    if member is None or not people.is_active(member, charter.today(timezone.now())):
        raise AuthorOnly
    return member


@login_required
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """What the member wrote, published or not."""
    member = _author(request)
    context = {"articles": writing.by_author(member), "now": timezone.now()}
    return render(request, "consulting/articles_own.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """A new article, with `engagement` about that one."""
    member = _author(request)
    reference = request.GET.get("engagement", "")
    engagement = writing.of_expert(member, reference) if reference else None
    if reference and engagement is None:
        raise Http404

    def enter(values: dict[str, Any]) -> Article:
        return articles.write(author=member, engagement=engagement, by=member, at=timezone.now(), **values)

    start = {"language": get_language() or "en"}
    return _enter(request, enter, start, {"engagement": engagement})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """The author's own article, with other words."""
    member = _author(request)
    read = writing.read(slug, request.user)
    if read is None or read.reader != "author":
        raise Http404
    article = read.article

    def enter(values: dict[str, Any]) -> Article:
        return articles.change(article=article, by=member, at=timezone.now(), **values)

    start = {"title": article.title, "language": article.language, "body": article.body}
    return _enter(request, enter, start, {"article": article, "engagement": article.engagement})


def _enter(request: HttpRequest, enter: Any, start: dict[str, str], context: dict[str, Any]) -> HttpResponse:
    """The form, as it was typed if a service refused it; on to the article once it is kept."""
    form = ArticleForm(request.POST if request.method == "POST" else None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("consulting:article", enter(form.cleaned_data).slug)
        except Refusal as refusal:
            if refusal.status != HTTPStatus.UNPROCESSABLE_ENTITY:
                raise
            form.refuse(refusal)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "consulting/article_form.html", context | {"form": form}, status=status)


@login_required
@require_POST
def act(request: HttpRequest, slug: str) -> HttpResponse:
    """`do` says what: ask, publish, take-back by its author; consent and take-back by its client."""
    user = user_of(request)
    read = writing.read(slug, user)
    if read is None or not read.reader:
        raise Http404
    article, at, wanted = read.article, timezone.now(), request.POST.get("do", "")
    if wanted == "ask":
        articles.ask(article=article, by=user, at=at)
    elif wanted == "publish":
        articles.publish(article=article, by=user, at=at)
    elif wanted == "consent":
        articles.consent(article=article, digest=request.POST.get("digest", ""), by=user, at=at)
    elif wanted == "take-back":
        articles.take_back(article=article, by=user, at=at)
    still = writing.read(slug, user)
    return redirect("consulting:article", slug) if still else redirect("consulting:articles")
