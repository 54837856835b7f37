"""What was learned, written up with the client's consent, and what the client says about the work."""

from dataclasses import dataclass
from datetime import datetime

from consulting.models import Article, Engagement
from consulting.services import articles, reviews
from expertgroup.demo.cast import CLIENT_CONTACT, JOBS
from expertgroup.demo.orders import ago, user
from expertgroup.demo.people import member
from expertgroup.demo.script import Script

SETTLEMENT = """We were asked for four hours of advice on a settlement layer. Three of the questions were about speed.
The fourth one, how a batch is taken back, was the one that mattered.

## What we found

- A batch is *final* for its sender some minutes before it is final for everybody. Whoever pays out then pays twice.
- The operator could hold a withdrawal back without anybody seeing it. Now the queue is public and numbered.
- Two clocks decided about the same deadline. One is enough.

## What we would do earlier

Write down who loses money at each step, and when. The table took an hour and saved the other three.

| step | who waits | who loses if it stops |
|---|---|---|
| deposit | the depositor | nobody |
| batch | everybody in it | the operator |
| withdrawal | the depositor | the depositor |

> If a step has no loser, it needs no signature.
"""
DATA_MODEL = """A second opinion on a data model is short work if one question comes first:
**which number must never be wrong?**

Here it was the balance at the end of a day. Everything else could be worked out again from the events.

1. Events are kept as they came, with the block that they came in.
2. A balance is worked out from events, never written by hand.
3. When a block falls away its events go with it, and the balance follows by itself.

```sql
SELECT account, sum(amount) FROM event WHERE block <= :block GROUP BY account;
```

The table of balances that was there before is a cache now, and it may be deleted at any time. That is the test.
"""
FEES = """The module takes a fee of each trade and shares it among those who wait for it. We looked for sixteen hours.

Fees are small, so rounding is not: with each trade the remainder stayed in the contract, and whoever came last got all
of it. Nobody could steal it, but everybody got a little less than the page said.

What helped was a test that adds everything up: *what came in is what went out plus what is there*, after any number of
trades in any order.
"""


@dataclass(frozen=True)
class Written:
    """An article about an engagement; days before today, None for what has not happened."""

    reference: str
    author: str
    title: str
    body: str
    asked: int
    agreed: int | None


WRITTEN = (
    Written("E-01", "lin", "A settlement layer: who waits, and who loses", SETTLEMENT, 40, 38),
    Written("E-05", "aisha", "Which number must never be wrong?", DATA_MODEL, 18, 16),
    Written("E-09", "priya", "The last one gets the remainder", FEES, 2, None),
)
# (engagement, days before today, with the client's name, the words)
SAID = (
    ("E-01", 36, True, "They read everything before we spoke, and the first question was the one we had avoided."),
    ("E-05", 15, True, "Two and a half hours, and a table that we could delete. It paid for itself in a week."),
    ("E-09", 30, False, "Findings we could work with, in the order in which we had to fix them."),
)


def write(script: Script) -> None:
    """Two are published as their client has read them, one waits for the answer."""
    for written in WRITTEN:
        script.add(ago(script, written.asked, "15:20"), _ask, written=written)
        if written.agreed is not None:
            script.add(ago(script, written.agreed, "10:10"), _publish, title=written.title)
    for reference, days, named, text in SAID:
        # In the first weeks of a quarter the last of them was accepted later than that.
        job = JOBS[int(reference.removeprefix("E-")) - 1]
        accepted_on = script.day(job.opened_day + (job.accepted_after or 0) + 1)
        moment = max(ago(script, days, "11:35"), script.at(accepted_on, "11:35"))
        script.add(moment, _review, reference=reference, named=named, text=text)


def _ask(at: datetime, written: Written) -> None:
    author = member(written.author)
    article = articles.write(
        author=author,
        engagement=Engagement.objects.get(reference=written.reference),
        title=written.title,
        language="en",
        body=written.body,
        by=author,
        at=at,
    )
    articles.ask(article=article, by=author, at=at)


def _publish(at: datetime, title: str) -> None:
    article = Article.objects.select_related("author").get(title=title)
    agreed = articles.consent(article=article, digest=article.digest, by=user(CLIENT_CONTACT), at=at)
    articles.publish(article=agreed, by=article.author, at=at)


def _review(at: datetime, reference: str, named: bool, text: str) -> None:
    engagement = Engagement.objects.get(reference=reference)
    reviews.write(engagement=engagement, text=text, named=named, by=user(CLIENT_CONTACT), at=at)
