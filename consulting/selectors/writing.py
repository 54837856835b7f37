"""Reading articles and reviews: what everybody sees, what is shown to author and client, and the figures."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet, Sum

from accounts.models import User
from consulting.models import Acceptance, Article, Engagement, Review, Session
from consulting.selectors.sides import CLIENT, EXPERT, is_expert
from members.models import Member
from members.selectors.people import Signed, is_active, member_of


@dataclass(frozen=True)
class Figures:
    """What stands behind the public articles; nobody counts who reads them."""

    articles: int
    experts: int
    hours_centi: int


@dataclass(frozen=True)
class Read:
    """One article for one reader: `author`, `client` (who may answer) or "" for everybody else."""

    article: Article
    reader: str


@dataclass(frozen=True)
class Writing:
    """What an engagement's room says about articles and its review (`consulting/_writing.html`)."""

    engagement: Engagement
    articles: list[Article]
    review: Review | None
    may_write: bool
    may_review: bool


def published(language: str = "") -> QuerySet[Article]:
    """The public articles, the latest first, of one language where it is named."""
    rows = Article.objects.filter(published_at__isnull=False).select_related("author").order_by("-published_at", "-pk")
    return rows.filter(language=language) if language else rows


def published_by(member: Member) -> QuerySet[Article]:
    """A member's public articles, the latest ten."""
    return published().filter(author=member)[:10]


def none() -> QuerySet[Article]:
    """No article: what the schema is drawn from."""
    return Article.objects.none()


def languages() -> list[str]:
    """The languages in which something is public."""
    rows = Article.objects.filter(published_at__isnull=False).order_by("language")
    return list(rows.values_list("language", flat=True).distinct())


def figures() -> Figures:
    """Public articles, their authors, and the hours of the engagements that they are about; two queries."""
    rows = Article.objects.filter(published_at__isnull=False)
    counted = rows.aggregate(articles=Count("pk"), experts=Count("author", distinct=True))
    behind = Session.objects.filter(engagement__in=rows.exclude(engagement=None).values("engagement"))
    return Figures(**counted, hours_centi=behind.aggregate(hours=Sum("hours_centi"))["hours"] or 0)


def by_author(member: Member) -> QuerySet[Article]:
    """Everything that a member wrote, the latest change first."""
    return Article.objects.filter(author=member).select_related("engagement__client").order_by("-changed_at", "-pk")


def read(slug: str, user: Signed) -> Read | None:
    """An article for a reader: a public one for all, else for its author, and for its client once they were asked."""
    rows = Article.objects.select_related("author__user", "engagement__client")
    article = rows.filter(slug=slug).first()
    if article is None:
        return None
    reader = ""
    if user.pk is not None and article.author.user_id == user.pk:
        reader = "author"
    elif user.pk is not None and article.engagement and article.engagement.client.user_id == user.pk:
        reader = "client" if article.asked_digest == article.digest or article.published_at else ""
    return Read(article, reader) if reader or article.published_at is not None else None


def reviews_of(member: Member, *, hidden: bool = False) -> QuerySet[Review]:
    """What clients said about work that a member had a part in; `hidden` adds what the leader hid."""
    part = Q(engagement__in=Session.objects.filter(member=member).values("engagement"))
    part |= Q(engagement__weights__member=member)
    rows = Review.objects.filter(part).select_related("engagement__client").order_by("-written_at", "-pk").distinct()
    return rows if hidden else rows.filter(hidden_at=None)


def of_client(user: User, reference: str) -> Engagement | None:
    """An engagement of this client, by its reference."""
    return Engagement.objects.filter(client__user=user, reference=reference).select_related("client").first()


def of_expert(member: Member, reference: str) -> Engagement | None:
    """An engagement that a member has a part in, by its reference."""
    found = Engagement.objects.filter(reference=reference).select_related("client").first()
    return found if found is not None and is_expert(member, found) else None


def review_of(engagement: Engagement) -> Review | None:
    """What its client said."""
    return Review.objects.filter(engagement=engagement).first()


def review_by_key(pk: int) -> Review | None:
    """One review with its engagement."""
    return Review.objects.filter(pk=pk).select_related("engagement__client").first()


def no_reviews() -> QuerySet[Review]:
    """No review: what the schema is drawn from."""
    return Review.objects.none()


def writing_of(engagement: Engagement, side: str, user: Signed, day: date) -> Writing:
    """For the engagement's room: its articles (an expert's own and the public ones), its review, and who may write.

    `side` is `sides.side_of`'s; the client sees what they were asked about.
    """
    rows = engagement.articles.select_related("author").order_by("-changed_at", "-pk")
    mine = Q(author__user_id=user.pk) if user.pk else Q(pk__in=[])
    asked = Q(asked_at__isnull=False) if side == CLIENT else Q(pk__in=[])
    member = member_of(user) if side == EXPERT else None
    return Writing(
        engagement=engagement,
        articles=list(rows.filter(mine | asked | Q(published_at__isnull=False))),
        review=review_of(engagement),
        may_write=member is not None and is_active(member, day),
        may_review=side == CLIENT and Acceptance.objects.filter(engagement=engagement).exists(),
    )
