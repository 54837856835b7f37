"""Articles and reviews: whose they are, that a client's consent is to these words, and what of it is public."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from consulting.invariants import articles_as_agreed
from consulting.models import Article, Engagement, Review
from consulting.refusals import LanguageUnknown
from consulting.refusals.writing import (
    AuthorOnly,
    ClientOnly,
    ConsentMissing,
    LeaderOnly,
    NothingAccepted,
    NothingToAsk,
    NotInEngagement,
    NotPublished,
    Published,
    ReasonMissing,
    TextChanged,
    TextMissing,
    TextTooLong,
)
from consulting.rules import writing as rules
from consulting.selectors import writing
from consulting.selectors.sides import side_of
from consulting.services import acceptances, articles, reviews
from journal.models import Entry, Outbox
from tests.cast import AT, DAY, Cast, assemble
from tests.consulting.desk import SUNDAY, hourly, session
from tests.consulting.offers import offered
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


def test_a_review_is_the_client_s_after_something_was_accepted(cast: Cast) -> None:
    engagement = ordered(cast)
    values: dict[str, Any] = {"engagement": engagement, "text": "Found it in an hour.", "named": True, "at": AT}
    with pytest.raises(NothingAccepted):
        reviews.write(by=cast.noor, **values)
    acceptances.accept(engagement=engagement, accepted_on=SUNDAY, by=cast.mira, at=AT)
    for by in (cast.user("chen"), cast.otto, cast.mira):
        with pytest.raises(ClientOnly):
            reviews.write(by=by, **values)
    review = reviews.write(by=cast.noor, **values)
    again = reviews.write(by=cast.noor, **values | {"text": "In half an hour.", "named": False})
    assert (again.pk, again.text) == (review.pk, "In half an hour.")
    for text, refusal in (("", TextMissing), ("x" * 601, TextTooLong)):
        with pytest.raises(refusal):
            reviews.write(by=cast.noor, **values | {"text": text})
    assert list(writing.reviews_of(cast.chen)) == [again]
    assert list(writing.reviews_of(cast.bo)) == []


def test_the_leader_hides_a_review_with_a_reason(cast: Cast) -> None:
    engagement = ordered(cast)
    acceptances.accept(engagement=engagement, accepted_on=SUNDAY, by=cast.mira, at=AT)
    review = reviews.write(engagement=engagement, text="Rude words", named=False, by=cast.noor, at=AT)
    for by in (cast.chen, cast.noor, cast.bo):
        with pytest.raises(LeaderOnly):
            reviews.hide(review=review, reason="Rude", by=by, at=AT)
    with pytest.raises(ReasonMissing):
        reviews.hide(review=review, reason=" ", by=cast.lin, at=AT)
    reviews.hide(review=review, reason="Names a third person", by=cast.lin, at=AT)
    assert list(writing.reviews_of(cast.chen)) == []
    reviews.write(engagement=engagement, text="Other words", named=False, by=cast.noor, at=AT)
    assert list(writing.reviews_of(cast.chen)) == [], "what was hidden stays so under other words"
    assert list(writing.reviews_of(cast.chen, hidden=True)) == [review]
    reviews.show(review=review, by=cast.lin, at=AT)
    assert list(writing.reviews_of(cast.chen)) == [review]


def test_the_room_says_who_may_write_what(cast: Cast) -> None:
    engagement = ordered(cast)
    article = written(cast, engagement)

    def room(name: str) -> tuple[int, bool, bool]:
        user = cast.user(name)
        found = writing.writing_of(engagement, side_of(user, engagement, DAY), user, DAY)
        return len(found.articles), found.may_write, found.may_review

    assert room("chen") == (1, True, False)
    assert room("noor") == (0, False, False)
    articles.ask(article=article, by=cast.chen, at=AT)
    acceptances.accept(engagement=engagement, accepted_on=SUNDAY, by=cast.mira, at=AT)
    assert room("noor") == (1, False, True)
    assert room("bo") == (0, False, False)


# Pages


def test_drafts_are_their_author_s_and_asked_ones_the_client_s_too(cast: Cast, client: Client) -> None:
    article = written(cast, ordered(cast))
    path = reverse("consulting:article", args=[article.slug])
    assert path == articles.PAGE % article.slug

    def statuses() -> list[int]:
        found = [Client().get(path).status_code]
        for name in ("chen", "noor", "bo", "otto", "mira"):
            client.force_login(cast.user(name))
            found.append(client.get(path).status_code)
        return found

    assert statuses() == [404, 200, 404, 404, 404, 404]
    articles.ask(article=article, by=cast.chen, at=AT)
    assert statuses() == [404, 200, 200, 404, 404, 404]
    articles.change(article=article, by=cast.chen, at=AT, **WORDS | {"body": "Not shown to the client"})
    assert statuses() == [404, 200, 404, 404, 404, 404]


def test_from_writing_to_the_public_list_on_the_pages(cast: Cast, client: Client) -> None:
    engagement = ordered(cast)
    client.force_login(cast.user("chen"))
    start = f"/articles/write/?engagement={engagement.reference}"
    assert "Harbor Labs" in client.get(start).content.decode()
    refused = client.post(start, WORDS | {"title": ""})
    assert refused.status_code == 422
    assert escape(WORDS["body"]) in refused.content.decode()
    path = client.post(start, WORDS)["Location"]
    page = client.get(path).content.decode()
    assert "<h2>Why</h2>" in page
    assert 'value="ask"' in page
    assert 'value="publish"' not in page
    client.post(f"{path}act/", {"do": "ask"})
    client.force_login(cast.noor)
    page = client.get(path).content.decode()
    article = Article.objects.get()
    assert f'value="{article.digest}"' in page
    assert client.post(f"{path}act/", {"do": "consent", "digest": "0"}).status_code == 409
    client.post(f"{path}act/", {"do": "consent", "digest": article.digest})
    client.force_login(cast.user("chen"))
    assert "Client agreed" in client.get("/articles/own/").content.decode()
    client.post(f"{path}act/", {"do": "publish"})
    visitor = Client()
    listed = visitor.get("/articles/").content.decode().replace("\xa0", " ")
    assert path in listed
    assert "2 h</b> of advice" in listed
    assert "with the client’s consent" in visitor.get(path).content.decode()
    assert client.get(f"{path}edit/").status_code == 200
    assert client.post(f"{path}edit/", WORDS).status_code == 409
    client.force_login(cast.noor)
    assert client.post(f"{path}act/", {"do": "take-back"})["Location"] == "/articles/"
    assert path not in visitor.get("/articles/").content.decode()


def test_the_feed_is_atom_with_the_latest_articles(cast: Cast, client: Client) -> None:
    from xml.etree import ElementTree

    article = written(cast, title="A & <b>", body="One\n\n- two")
    written(cast, title="A draft")
    articles.publish(article=article, by=cast.chen, at=AT)
    answer = client.get("/articles/feed.xml")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    space = {"a": "http://www.w3.org/2005/Atom"}
    [entry] = ElementTree.fromstring(answer.content).findall("a:entry", space)  # noqa: S314
    assert entry.findtext("a:title", namespaces=space) == "A & <b>"
    assert "<li>two</li>" in str(entry.findtext("a:summary", namespaces=space))
    assert entry.findtext("a:author/a:name", namespaces=space) == "Chen Yu"


def test_the_list_asks_as_often_for_many_as_for_one(cast: Cast, client: Client) -> None:
    counts = []
    for number in (1, 3, 25):
        while Article.objects.count() < number:
            articles.publish(article=written(cast), by=cast.chen, at=AT)
        with CaptureQueriesContext(connection) as asked:
            page = client.get("/articles/").content.decode()
        counts.append(len(asked))
        assert page.count('<li><a href="/articles/rounding') == min(number, 20)
    assert len(set(counts)) == 1, counts


def test_a_client_reviews_on_the_page_and_the_expert_s_page_shows_it(cast: Cast, client: Client) -> None:
    engagement = ordered(cast)
    offered(cast.chen)
    acceptances.accept(engagement=engagement, accepted_on=SUNDAY, by=cast.mira, at=AT)
    path = f"/engagements/{engagement.reference}/review/"
    for name in ("chen", "otto", "lin"):
        client.force_login(cast.user(name))
        assert client.get(path).status_code == 404
    client.force_login(cast.noor)
    assert "Chen Yu" in client.get(path).content.decode()
    assert client.post(path, {"text": ""}).status_code == 422
    assert client.post(path, {"text": "Worth it.", "named": "on"}).status_code == 302
    page = Client().get("/experts/chen/").content.decode()
    assert "“Worth it.”" in page
    assert "Harbor Labs" in page
    hide = f"/reviews/{Review.objects.get().pk}/hide/"
    assert client.post(hide, {"reason": "x"}).status_code == 403
    client.force_login(cast.user("lin"))
    assert hide in client.get("/experts/chen/").content.decode()
    assert client.post(hide, {"reason": "Names somebody"}).status_code == 302
    assert "Worth it." not in Client().get("/experts/chen/").content.decode()
    assert "Names somebody" in client.get("/experts/chen/").content.decode()
    client.post(hide, {"show": "1"})
    assert "Worth it." in Client().get("/experts/chen/").content.decode()


# Two at once


def change_while_publishing(monkeypatch: pytest.MonkeyPatch | None) -> list[str]:
    cast = assemble()
    article = agreed(cast)
    if monkeypatch is not None:
        read = Barrier(2)

        def together(row: Article) -> Article:
            found = Article.objects.select_related("author__user", "engagement__client__user").get(pk=row.pk)
            read.wait(timeout=10)
            return found

        monkeypatch.setattr(articles, "_locked", together)
    start = Barrier(2)

    def run(act: Callable[[], Any]) -> str:
        start.wait()
        try:
            act()
        except (Published, ConsentMissing, IntegrityError) as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return "done"

    acts = [
        lambda: articles.change(article=article, by=cast.chen, at=AT, **WORDS | {"body": "Other"}),
        lambda: articles.publish(article=article, by=cast.chen, at=AT),
    ]
    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(run, acts))


@pytest.mark.committed
def test_a_text_is_changed_or_published_never_both(committed_db: str) -> None:
    assert change_while_publishing(None) in (["ConsentMissing", "done"], ["Published", "done"])


@pytest.mark.committed
def test_without_the_lock_only_the_table_stops_it(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "IntegrityError" in change_while_publishing(monkeypatch)


def test_the_api_gives_what_is_public_and_nothing_else(cast: Cast, client: Client) -> None:
    engagement = ordered(cast)
    offered(cast.chen)
    acceptances.accept(engagement=engagement, accepted_on=SUNDAY, by=cast.mira, at=AT)
    reviews.write(engagement=engagement, text="Worth it.", named=False, by=cast.noor, at=AT)
    public, draft = written(cast), written(cast, title="A draft")
    articles.publish(article=public, by=cast.chen, at=AT)
    client.force_login(cast.user("chen"))
    [listed] = client.get("/api/v1/articles/").json()["results"]
    assert (listed["slug"], listed["author"], listed["digest"]) == (public.slug, "chen", public.digest)
    one = client.get(f"/api/v1/articles/{public.slug}/").json()
    assert one["body"] == WORDS["body"]
    assert "<strong>rounds</strong>" in one["html"]
    assert client.get(f"/api/v1/articles/{draft.slug}/").status_code == 404
    [said] = client.get("/api/v1/experts/chen/reviews/").json()["results"]
    assert (said["text"], said["client"]) == ("Worth it.", None)
    assert client.get("/api/v1/experts/bo/reviews/").status_code == 404


def test_verify_finds_a_public_article_in_other_words(cast: Cast) -> None:
    article = articles.publish(article=agreed(cast), by=cast.chen, at=AT)
    assert list(articles_as_agreed()) == []
    # What only somebody at the table could do: the trigger keeps words and digest of a public article together.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE consulting_article SET body = 'Other' WHERE id = %s", [article.pk])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    assert list(articles_as_agreed()) == [f"Article {article.pk} is not what its digest says."]
