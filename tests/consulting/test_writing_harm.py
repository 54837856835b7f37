"""No payload in any field of articles and reviews becomes a script, a handler, a style or a foreign picture (26)."""

from datetime import timedelta
from xml.etree import ElementTree

from django.test import Client

from consulting.models import Article
from consulting.services import acceptances, articles, reviews
from journal import texts
from members.models import Member
from tests.cast import AT, Cast
from tests.consulting.desk import SUNDAY
from tests.consulting.offers import offered
from tests.consulting.writings import ordered
from tests.payloads import PAYLOADS, harm, part
from treasury.models import Client as Payer


def test_no_field_of_an_article_or_a_review_acts_on_any_page(cast: Cast, client: Client) -> None:
    engagement = ordered(cast)
    acceptances.accept(engagement=engagement, accepted_on=SUNDAY, by=cast.mira, at=AT)
    offered(cast.chen)
    Member.objects.filter(pk=cast.chen.pk).update(name=PAYLOADS[0])
    Payer.objects.filter(pk=engagement.client.pk).update(name=PAYLOADS[0])
    Article.objects.bulk_create(
        Article(
            author=cast.chen,
            slug=f"a-{number}",
            title=texts.line(payload)[:160],
            language="en",
            body=texts.lines(payload),
            digest=f"{number:064x}",
            changed_at=AT,
            published_at=AT + timedelta(seconds=number),
        )
        for number, payload in enumerate(PAYLOADS)
    )
    for number in range(1, len(PAYLOADS) // 20 + 2):
        page = client.get(f"/articles/?page={number}").content.decode()
        assert harm(part(page, '<ul class="rows mt"', "</ul>")) == []
    for number in range(0, len(PAYLOADS), 30):
        page = client.get(articles.PAGE % f"a-{number}").content.decode()
        assert harm(part(page, '<div class="page-head">', "</main>")) == []
        text = " ".join(PAYLOADS[number : number + 30])[:600]
        reviews.write(engagement=engagement, text=text, named=True, by=cast.noor, at=AT)
        page = client.get("/experts/chen/").content.decode()
        assert harm(part(page, 'id="said-h"', "</section>")) == []
        assert harm(part(page, 'id="work-h"', "</section>")) == []
    space = {"a": "http://www.w3.org/2005/Atom"}
    feed = ElementTree.fromstring(client.get("/articles/feed.xml").content)  # noqa: S314
    summaries = [entry.findtext("a:summary", "", space) for entry in feed.findall("a:entry", space)]
    assert len(summaries) == 50
    assert not [found for text in summaries for found in harm(text)]
