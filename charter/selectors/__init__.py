"""Reading the charter."""

from charter.selectors.editions import Amended, amendment_rows, editions, last_edition, texts
from charter.selectors.terms import (
    edition_on,
    founded,
    group,
    history,
    periods,
    quarter_on,
    quarter_span,
    terms_by_day,
    terms_on,
    timeline,
    today,
)

__all__ = [
    "Amended",
    "amendment_rows",
    "edition_on",
    "editions",
    "founded",
    "group",
    "history",
    "last_edition",
    "periods",
    "quarter_on",
    "quarter_span",
    "terms_by_day",
    "terms_on",
    "texts",
    "timeline",
    "today",
]
