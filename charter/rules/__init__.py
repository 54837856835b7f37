"""The charter's arithmetic: pure functions and values, without the database."""

from charter.rules.numbering import anchor, number
from charter.rules.quarters import Quarter, quarter_of
from charter.rules.terms import Terms, Timeline
from charter.rules.thresholds import Tally, Threshold

__all__ = ["Quarter", "Tally", "Terms", "Threshold", "Timeline", "anchor", "number", "quarter_of"]
