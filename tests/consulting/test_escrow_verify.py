"""What `verify` finds in client money when somebody walked past the guards."""

import pytest
from django.db import connection

from consulting.services import acceptances, disputes
from tests.cast import AT, Cast
from tests.consulting.desk import MICRO, SUNDAY, fixed, hourly, session
from tests.consulting.held import broken, pay, refund

SHIFTED = """
UPDATE consulting_refundpart SET amount_micro = amount_micro + CASE WHEN share_id IS NULL THEN 1 ELSE -1 END
WHERE id IN (SELECT max(id) FROM consulting_refundpart UNION SELECT min(id) FROM consulting_refundpart)
"""


def tamper(statement: str) -> None:
    """As the owner of the tables could."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET session_replication_role = origin")


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        (SHIFTED, "F-1: what was refunded of its shares"),
        ("DELETE FROM consulting_refundpart", "F-1: what was refunded of its shares"),
        ("UPDATE consulting_acceptance SET counted_off_micro = 1", "F-1 is accepted, but its acceptances"),
        ("DELETE FROM consulting_refund WHERE acceptance_id IS NULL", "F-1 is accepted, but its acceptances"),
        ("DELETE FROM consulting_acceptance WHERE session_id IS NOT NULL", "E-1 is accepted, but its acceptances"),
        ("UPDATE consulting_engagement SET accepted_on = '2026-11-20' WHERE reference = 'E-2'", "E-2 holds 50 U"),
        ("UPDATE consulting_dispute SET percent = 5, closed_at = opened_at, closed_by = 'x'", "E-2 and its dispute"),
        ("UPDATE consulting_refundpart SET source = 'payable'", "F-1 holds"),
    ],
)
def test_what_was_changed_past_the_guards_is_named(cast: Cast, statement: str, says: str) -> None:
    price, hours, advance = fixed(cast, price_micro=100 * MICRO), hourly(cast), hourly(cast, "E-2")
    session(cast, price, "S-1", cast.bo)
    session(cast, hours, "S-2", cast.chen)
    pay(advance, 50 * MICRO)
    refund(cast, price, 10 * MICRO)
    for engagement in (price, hours):
        acceptances.accept(engagement=engagement, accepted_on=SUNDAY, by=cast.mira, at=AT)
    refund(cast, price, 10 * MICRO)
    disputes.open_dispute(engagement=advance, reason="x", by=cast.mira, at=AT)
    assert broken() == []
    tamper(statement)
    assert any(sentence.startswith(says) for sentence in broken()), broken()
