"""The template of the interview (join.2.2) and what a record of one needs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from journal.refusals import Refusal
from members.refusals import applications as no

MINUTES_LEAST, MINUTES_MOST = 5, 480
ANSWER_MOST = 2000
SUMMARY_MOST = 4000


@dataclass(frozen=True)
class Question:
    """One question of the template; its key is what the record stores."""

    key: str
    clause: str
    text: str | Promise


TEMPLATE = (
    Question("experience", "req.1", _("Which work shows best what you know, and how did you come to it?")),
    Question(
        "project",
        "req.2",
        _("In a medium or large project: what did you decide, and what would you do differently now?"),
    ),
    Question("open-source", "req.3", _("Which open-source communities do you take part in, and what came of it?")),
    Question(
        "communication", "req.4", _("Explain something difficult to us as you would to a person who does not program.")
    ),
    Question("advice", "why.1", _("A partner asks for advice that you think is the wrong question. What do you do?")),
    Question("time", "daily.1", _("How much time do you have, and what would you like to do in the group first?")),
)
KEYS = tuple(question.key for question in TEMPLATE)


def problems(
    *, held_on: date, minutes: int, interviewers: int, answers: Mapping[str, str], summary: str, today: date
) -> Iterator[Refusal]:
    """Everything that is wrong with a record, in the order of the page."""
    if held_on > today:
        yield no.InterviewUnreadable(
            _("Enter the day on which the interview was held. It cannot be in the future."), field="held_on"
        )
    if not MINUTES_LEAST <= minutes <= MINUTES_MOST:
        yield no.InterviewUnreadable(_("Enter how long it took, from 5 to 480 minutes."), field="minutes")
    if not interviewers:
        yield no.InterviewUnreadable(_("Choose who held the interview."), field="interviewers")
    if set(answers) - set(KEYS):
        yield no.UnknownQuestion()
    for key in KEYS:
        text = answers.get(key, "").strip()
        if not text:
            yield no.InterviewUnanswered(field=f"answers.{key}")
        elif len(text) > ANSWER_MOST:
            yield no.TextTooLong(field=f"answers.{key}")
    if not summary.strip():
        yield no.InterviewUnreadable(_("Sum up the interview for the members who vote."), field="summary")
    elif len(summary) > SUMMARY_MOST:
        yield no.TextTooLong(_("Shorten the summary to 4,000 characters."), field="summary")
