"""Reviews: the client's, after something was accepted, hidden by the leader; and who may write in a room."""

from typing import Any

import pytest

from consulting.refusals.writing import (
    ClientOnly,
    LeaderOnly,
    NothingAccepted,
    ReasonMissing,
    TextMissing,
    TextTooLong,
)
from consulting.selectors import writing
from consulting.selectors.sides import side_of
from consulting.services import acceptances, articles, reviews
from tests.cast import AT, DAY, Cast
from tests.consulting.desk import SUNDAY
from tests.consulting.writings import ordered, written


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
