"""Articles and reviews as readers, authors and clients meet them, on pages, in the feed and in the API."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from consulting.models import Article, Review
from consulting.services import acceptances, articles, reviews
from tests.cast import AT, Cast
from tests.consulting.desk import SUNDAY
from tests.consulting.offers import offered
from tests.consulting.writings import WORDS, ordered, written


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
