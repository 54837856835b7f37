"""What the tests of members do again and again, and what the journal says of it."""

from datetime import date, timedelta
from typing import Any

from journal.models import Entry
from members.models import Application, Member
from members.rules.interviews import KEYS
from members.services import applications, interviews, memberships
from tests.cast import AT, DAY, Cast

TOMORROW = DAY + timedelta(days=1)
WALLET = "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"


def entries(verb: str) -> list[Entry]:
    return list(Entry.objects.filter(verb=verb).order_by("pk"))


def joined(handle: str = "dora", **more: Any) -> Member:
    told: dict[str, Any] = {"name": "Dora", "joined_on": DAY, "decided_by": "proposal/1", "by": "system:test", "at": AT}
    return memberships.join(handle=handle, **(told | more))


def interviewed(cast: Cast, **more: Any) -> Any:
    told: dict[str, Any] = {
        "held_on": DAY,
        "minutes": 50,
        "interviewers": [cast.bo],
        "answers": dict.fromkeys(KEYS, "Well"),
        "summary": "Convincing.",
        "by": cast.lin,
        "at": AT,
    }
    return interviews.record(application=cast.application, **(told | more))


def confirmed(cast: Cast, **more: Any) -> Application:
    told: dict[str, Any] = {"since": date(2026, 9, 28), "url": "https://x.example/1", "by": cast.lin, "at": AT}
    return applications.confirm_builder(application=cast.application, **(told | more))
