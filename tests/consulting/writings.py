"""What members of the tests write, and about whose work."""

from typing import Any

from consulting.models import Article, Engagement
from consulting.services import articles
from tests.cast import AT, Cast
from tests.consulting.desk import hourly, session
from treasury.models import Client as Payer

WORDS: dict[str, Any] = {"title": "Rounding in vaults", "language": "en", "body": "# Why\n\nIt **rounds** down."}


def ordered(cast: Cast) -> Engagement:
    """Chen worked two hours for Noor's company."""
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen)
    Payer.objects.filter(pk=engagement.client.pk).update(user=cast.noor)
    return Engagement.objects.select_related("client").get(pk=engagement.pk)


def written(cast: Cast, engagement: Engagement | None = None, **more: Any) -> Article:
    return articles.write(author=cast.chen, engagement=engagement, by=cast.chen, at=AT, **(WORDS | more))


def agreed(cast: Cast) -> Article:
    """An article that its client agreed to."""
    article = articles.ask(article=written(cast, ordered(cast)), by=cast.chen, at=AT)
    return articles.consent(article=article, digest=article.digest, by=cast.noor, at=AT)
