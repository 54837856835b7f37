"""A dispute stands on the day of both sides and of who keeps it for the group; it goes with its end."""

from consulting.services import disputes
from expertgroup.selectors.agenda import agenda
from tests.cast import AT, Cast
from tests.consulting.test_disputes import disputed


def told(cast: Cast, handle: str) -> list[str]:
    """The disputes that wait for somebody."""
    return [todo.url for day in agenda(cast.user(handle), AT).days for todo in day.todos if todo.kind == "Dispute"]


def test_an_open_dispute_waits_for_its_sides_and_its_keepers(cast: Cast) -> None:
    engagement = disputed(cast)
    page = f"/engagements/{engagement.reference}/dispute/"
    # The client, both experts, the treasurer and the leader; nobody else.
    assert [told(cast, who) for who in ("otto", "chen", "bo", "mira", "lin", "noor")] == [[page]] * 5 + [[]]
    disputes.settle(engagement=engagement, percent=50, by="test", at=AT, reference="proposal/1")
    assert [told(cast, who) for who in ("otto", "chen", "mira")] == [[], [], []]
