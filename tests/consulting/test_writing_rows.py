"""What the database itself refuses of calendars, articles and reviews, whoever writes."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from consulting.models import Article, BusyFeed, BusySpan, CalendarKey, Review
from tests.cast import AT, Cast
from tests.consulting.desk import hourly
from tests.consulting.offers import offered

A, B = "a" * 64, "b" * 64


def refused(model: Any, constraint: str, **values: Any) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        model.objects.create(**values)


def test_calendars(cast: Cast) -> None:
    profile = offered(cast.chen)
    row: dict[str, Any] = {"profile": profile, "url": "https://x.example/a.ics", "added_at": AT}
    feed = BusyFeed.objects.create(**row)
    refused(BusyFeed, "feed_once", **row)
    refused(BusyFeed, "feed_address", **row | {"url": "file:///etc/passwd"})
    refused(BusyFeed, "feed_problem", **row | {"url": "https://x.example/b", "problem": "bad"})
    for during in (DateTimeTZRange(AT, AT), DateTimeTZRange(None, AT), DateTimeTZRange(AT, None)):
        refused(BusySpan, "span_bounded", feed=feed, during=during)
    BusySpan.objects.create(feed=feed, during=DateTimeTZRange(AT, datetime(2027, 1, 1, tzinfo=UTC)))


def test_one_key_a_person_and_none_that_can_be_guessed(cast: Cast) -> None:
    CalendarKey.objects.create(user=cast.noor, nonce=A[:22], made_at=AT)
    refused(CalendarKey, "user_id", user=cast.noor, nonce=B[:22], made_at=AT)
    refused(CalendarKey, "nonce", user=cast.otto, nonce=A[:22], made_at=AT)
    refused(CalendarKey, "calendar_key_nonce", user=cast.otto, nonce="short", made_at=AT)


def article(cast: Cast, **more: Any) -> dict[str, Any]:
    row = {"author": cast.chen, "slug": "a", "title": "T", "language": "en", "body": "B", "digest": A, "changed_at": AT}
    return row | more


def test_an_article_about_an_engagement_is_public_only_as_its_client_read_it(cast: Cast) -> None:
    order = hourly(cast)
    agreed = {"consented_at": AT, "consented_by": cast.noor}
    refused(Article, "article_with_consent", **article(cast, engagement=order, published_at=AT))
    refused(
        Article, "article_with_consent", **article(cast, engagement=order, published_at=AT, consent_digest=B, **agreed)
    )
    refused(Article, "article_consented", **article(cast, engagement=order, consent_digest=A))
    refused(Article, "article_asked", **article(cast, engagement=order, asked_at=AT))
    refused(Article, "article_digest", **article(cast, digest="x"))
    row = Article.objects.create(**article(cast, engagement=order, published_at=AT, consent_digest=A, **agreed))
    refused(Article, "slug", **article(cast))
    for change in ({"body": "Other"}, {"title": "Other"}, {"slug": "b"}, {"engagement": None}, {"author": cast.bo}):
        with pytest.raises(DatabaseError, match="stays as it was read"), transaction.atomic():
            Article.objects.filter(pk=row.pk).update(**change)
    Article.objects.filter(pk=row.pk).update(published_at=None)
    Article.objects.filter(pk=row.pk).update(body="Other", digest=B)


def test_a_review_is_one_an_engagement_and_hidden_with_a_reason(cast: Cast) -> None:
    row: dict[str, Any] = {"engagement": hourly(cast), "text": "Good", "written_by": cast.noor, "written_at": AT}
    Review.objects.create(**row)
    refused(Review, "engagement_id", **row)
    other = row | {"engagement": hourly(cast, "E-2")}
    refused(Review, "review_text", **other | {"text": ""})
    refused(Review, "review_text", **other | {"text": "x" * 601})
    refused(Review, "review_hidden", **other | {"hidden_at": AT})
    refused(Review, "review_hidden", **other | {"hidden_reason": "Rude"})
