"""What the demo's people write."""

from typing import Any

from expertgroup.demo.cast import Person
from members.rules.interviews import KEYS

OBJECTION = "I cannot see a mature project. The two repositories linked are exercises."
OBJECTION_MISSING = "One project that people used for at least half a year, and what Noor did in it."
CHANGES = "Noor added a production reference with a letter of its technical lead, and the merged work in the indexer."


def application(person: Person) -> dict[str, Any]:
    """A complete application of somebody who knows a field."""
    return {
        "name": person.name,
        "handle": person.handle,
        "criteria": ["req.1.a"],
        "experience": {"req.1.a": {"field": person.field, "month": "3", "year": "2017"}},
        "evidence": [
            {"url": f"https://code.example/{person.handle}", "shows": "Merged pull requests of the last year"},
            {"url": f"https://forum.example/t/reference-{person.handle}", "shows": "A letter of the technical lead"},
        ],
        "project": (
            f"Two years of {person.field} on a trading platform with 40,000 monthly users. "
            "I designed the replay of events after an outage and led its migration without lost data."
        ),
        "open_source": "Fourteen merged pull requests in the DAO's indexer since spring, reviewer there since summer.",
        "communication": "I write a short note before each larger change and hold office hours on Thursdays.",
        "weekly_hours_centi": 600,
    }


def weak_application(person: Person) -> dict[str, Any]:
    """What Noor sent first: true, but not enough to judge a mature project by."""
    return {
        **application(person),
        "evidence": [{"url": f"https://code.example/{person.handle}", "shows": "Two repositories with exercises"}],
        "project": "A data pipeline for market prices, with tests and a small dashboard.",
        "open_source": "First pull requests in the DAO's indexer.",
    }


def interview_answers(person: Person) -> dict[str, str]:
    """One answer to each question of the template."""
    said = {
        "experience": f"The outage that taught me {person.field}: we lost an hour of events and got all of them back.",
        "project": "I decided on replay instead of repair. Today I would measure the queue before the outage.",
        "open-source": "The indexer here, and a parser that a few hundred teams use.",
        "communication": "Explained reorganisations with two people writing one diary. It was clear.",
        "advice": "Answer the question that was asked, then say which one to ask, and stop the clock.",
        "time": "Six hours a week. First the backlog of open reviews.",
    }
    return {key: said[key] for key in KEYS}


def interview_summary(person: Person) -> str:
    """What the members who vote read."""
    return (
        f"{person.name} knows {person.field} from production and explains it well. "
        "We looked at two changes together; the answers were precise, and what was not known was said. "
        "We suggest to admit."
    )
