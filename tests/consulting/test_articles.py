"""Articles: whose they are, and that a client's consent is to these words and no others."""

from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from consulting.invariants import articles_as_agreed
from consulting.models import Article
from consulting.refusals import LanguageUnknown
from consulting.refusals.writing import (
    AuthorOnly,
    ClientOnly,
    ConsentMissing,
    NothingToAsk,
    NotInEngagement,
    NotPublished,
    Published,
    TextChanged,
    TextMissing,
    TextTooLong,
)
from consulting.rules import writing as rules
from consulting.services import articles
from journal.models import Entry, Outbox
from tests.cast import AT, Cast, assemble
from tests.consulting.writings import WORDS, agreed, ordered, written
from tests.races import PATIENCE, at_once


def test_an_article_about_nobody_is_published_by_its_author(cast: Cast) -> None:
    article = written(cast)
    assert article.state == "draft"
    article = articles.publish(article=article, by=cast.chen, at=AT)
    assert article.state == "published"
    assert articles.publish(article=article, by=cast.chen, at=AT).published_at == AT
    assert articles.take_back(article=article, by=cast.chen, at=AT).state == "draft"
    with pytest.raises(NotPublished):
        articles.take_back(article=article, by=cast.chen, at=AT)
    with pytest.raises(NothingToAsk):
        articles.ask(article=article, by=cast.chen, at=AT)


def test_what_is_about_a_client_waits_for_the_client(cast: Cast) -> None:
    article = written(cast, ordered(cast))
    for by in (cast.bo, cast.noor, cast.lin):
        with pytest.raises(AuthorOnly):
            articles.ask(article=article, by=by, at=AT)
    with pytest.raises(ConsentMissing):
        articles.publish(article=article, by=cast.chen, at=AT)
    with pytest.raises(TextChanged):
        articles.consent(article=article, digest=article.digest, by=cast.noor, at=AT)
    article = articles.ask(article=article, by=cast.chen, at=AT)
    assert article.state == "asked"
    articles.ask(article=article, by=cast.chen, at=AT)
    mail = Outbox.objects.get(key__startswith=f"mail/article/{article.pk}/asked").payload
    assert mail["to"] == cast.noor.email
    assert f"/articles/{article.slug}/" in mail["text"]
    for by in (cast.otto, cast.user("chen")):
        with pytest.raises(ClientOnly):
            articles.consent(article=article, digest=article.digest, by=by, at=AT)
    article = articles.consent(article=article, digest=article.digest, by=cast.noor, at=AT)
    assert article.state == "consented"
    assert Outbox.objects.filter(key__startswith=f"mail/article/{article.pk}/agreed").count() == 1
    assert articles.publish(article=article, by=cast.chen, at=AT).state == "published"


def test_consent_is_to_these_words_and_no_others(cast: Cast) -> None:
    article = agreed(cast)
    article = articles.change(article=article, by=cast.chen, at=AT, **WORDS | {"body": "It rounds up."})
    assert article.state == "draft"
    with pytest.raises(ConsentMissing):
        articles.publish(article=article, by=cast.chen, at=AT)
    before = article.consent_digest
    article = articles.ask(article=article, by=cast.chen, at=AT)
    with pytest.raises(TextChanged):
        articles.consent(article=article, digest=before, by=cast.noor, at=AT)
    # Back to the words that were agreed to: they still are.
    article = articles.change(article=article, by=cast.chen, at=AT, **WORDS)
    assert article.state == "consented"


def test_public_words_stay_until_they_are_taken_back_by_either_side(cast: Cast) -> None:
    article = articles.publish(article=agreed(cast), by=cast.chen, at=AT)
    with pytest.raises(Published):
        articles.change(article=article, by=cast.chen, at=AT, **WORDS | {"title": "Other"})
    with pytest.raises(AuthorOnly):
        articles.take_back(article=article, by=cast.otto, at=AT)
    article = articles.take_back(article=article, by=cast.noor, at=AT)
    assert (article.state, article.consent_digest) == ("draft", "")
    with pytest.raises(ConsentMissing):
        articles.publish(article=article, by=cast.chen, at=AT)


def test_who_had_no_part_in_it_writes_nothing_about_it(cast: Cast) -> None:
    engagement = ordered(cast)
    with pytest.raises(NotInEngagement):
        articles.write(author=cast.bo, engagement=engagement, by=cast.bo, at=AT, **WORDS)
    with pytest.raises(AuthorOnly):
        articles.write(author=cast.chen, by=cast.bo, at=AT, **WORDS)


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"title": " \n"}, TextMissing),
        ({"title": "x" * 161}, TextTooLong),
        ({"body": "\x00\x0b"}, TextMissing),
        ({"body": "x" * 60_001}, TextTooLong),
        ({"language": "xx"}, LanguageUnknown),
    ],
)
def test_words_have_bounds(cast: Cast, more: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        written(cast, **more)


def test_the_journal_has_digests_and_no_words(cast: Cast) -> None:
    articles.publish(article=agreed(cast), by=cast.chen, at=AT)
    rows = Entry.objects.filter(verb__startswith="article.").order_by("pk")
    assert [row.verb.partition(".")[2] for row in rows] == ["write", "ask", "consent", "publish"]
    assert {row.data["digest"] for row in rows} == {rules.text_digest(**WORDS)}
    assert "vaults" not in str([row.data for row in rows])


def test_the_digest_is_that_of_the_words(cast: Cast) -> None:
    article = written(cast, title="  Rounding \r\n in vaults ", body="# Why\r\n\r\nIt **rounds** down.  \n\n")
    assert (article.title, article.body) == (WORDS["title"], WORDS["body"])
    assert article.digest == rules.text_digest(**WORDS) == rules.digest_of(article)
    assert len({rules.text_digest(**WORDS | {name: "fr"}) for name in WORDS} | {article.digest}) == 4


def change_while_publishing(monkeypatch: pytest.MonkeyPatch | None) -> list[str]:
    cast = assemble()
    article = agreed(cast)
    if monkeypatch is not None:
        read = Barrier(2)

        def together(row: Article) -> Article:
            found = Article.objects.select_related("author__user", "engagement__client__user").get(pk=row.pk)
            read.wait(PATIENCE)
            return found

        monkeypatch.setattr(articles, "_locked", together)
    return at_once(
        lambda: articles.change(article=article, by=cast.chen, at=AT, **WORDS | {"body": "Other"}),
        lambda: articles.publish(article=article, by=cast.chen, at=AT),
    )


@pytest.mark.committed
def test_a_text_is_changed_or_published_never_both(committed_db: str) -> None:
    assert change_while_publishing(None) in (["done", "ConsentMissing"], ["Published", "done"])


@pytest.mark.committed
def test_without_the_lock_only_the_table_stops_it(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "IntegrityError" in change_while_publishing(monkeypatch)


def test_verify_finds_a_public_article_in_other_words(cast: Cast) -> None:
    article = articles.publish(article=agreed(cast), by=cast.chen, at=AT)
    assert list(articles_as_agreed()) == []
    # What only somebody at the table could do: the trigger keeps words and digest of a public article together.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE consulting_article SET body = 'Other' WHERE id = %s", [article.pk])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    assert list(articles_as_agreed()) == [f"Article {article.pk} is not what its digest says."]
