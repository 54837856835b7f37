"""The words that are put to the vote: what an application says, as plain JSON."""

from typing import Any

from members.models import Application
from members.selectors.applications import interviews_of

Words = dict[str, Any]
# What an interview adds is information, not another application.
INTERVIEWS = "interviews"


def application_words(application: Application) -> Words:
    """What the applicant says and what the interviews gave, word for word; keys in the order of the page."""
    since = application.builder_since
    return {
        "name": application.name,
        "handle": application.handle,
        "builder_since": since.isoformat() if since else "",
        "builder_url": application.builder_url,
        "criteria": list(application.criteria),
        "experience": application.experience,
        "evidence": application.evidence,
        "project": application.project,
        "open_source": application.open_source,
        "communication": application.communication,
        "weekly_hours_centi": application.weekly_hours_centi,
        INTERVIEWS: [
            {
                "held_on": interview.held_on.isoformat(),
                "minutes": interview.minutes,
                "interviewers": sorted(member.handle for member in interview.interviewers.all()),
                "summary": interview.summary,
            }
            for interview in interviews_of(application)
        ],
    }


def moved(before: Words, now: Words) -> bool:
    """Whether the applicant changed the application since it was put to the vote."""
    return any(before.get(key) != now.get(key) for key in {*before, *now} - {INTERVIEWS})
