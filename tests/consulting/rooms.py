"""An engagement with both sides: otto is the client's user, chen its expert, with one session that was recorded."""

from datetime import timedelta

from consulting.models import Engagement
from tests.cast import AT, Cast
from tests.consulting.desk import MICRO, hourly, session
from treasury.services.clients import client_named

LATER = AT + timedelta(hours=1, minutes=30)


def ordered(cast: Cast, reference: str = "E-1") -> Engagement:
    """Harbor Labs' engagement by the hour, at 150 U for chen's hours; a session of one hour in October."""
    client_named(name="Harbor Labs", email="otto@cast.example", at=AT)
    engagement = hourly(cast, reference)
    session(cast, engagement, f"S-{reference}", cast.chen, hours_centi=100, rate_micro=150 * MICRO)
    return engagement
