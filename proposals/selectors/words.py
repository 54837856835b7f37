"""The words that are put to the vote: what an application says, as plain JSON; and the lines that a page shows."""

from collections.abc import Mapping, Sequence
from typing import Any

from members.models import Application
from members.selectors import people
from members.selectors.applications import interviews_of
from proposals.models import Proposal
from proposals.rules import wordings

Words = dict[str, Any]
# What an interview adds is information, not another application; who had no seat is not of it at all.
INTERVIEWS = "interviews"
ABSENT = "absent"


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
    return any(before.get(key) != now.get(key) for key in {*before, *now} - {INTERVIEWS, ABSENT})


def lines_of(
    proposal: Proposal, content: Mapping[str, Any], names: Mapping[str, str] | None = None
) -> Sequence[wordings.Line]:
    """The words of a proposal as far as `content` has them; the name of what is no person stands in the title.

    `names` by handle. Of an escalated objection also what it is to and whose, which nobody erases.
    """
    if proposal.kind == Proposal.Kind.OBJECTION:
        params = proposal.acts[0]["params"]
        expert = people.by_handle(params["expert"])
        name = expert.name if expert else ""
        return wordings.assessed(params, name or params["expert"], content.get("text", ""))
    admission = proposal.application_id is not None
    return [line for line in wordings.lines(content, names) if admission or line.field.key != "name"]
