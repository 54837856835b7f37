"""Acceptance unit by unit: sessions, milestones, what escrow lacks and what it gives back, who may."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from consulting import refusals
from consulting.models import Acceptance, Engagement, Milestone, Share
from consulting.refusals import escrow as refused
from consulting.selectors.sides import side_of
from consulting.services import acceptances, engagements, milestones
from consulting.services.milestones import Planned
from journal.models import Entry
from journal.services import jobs
from tests.cast import AT, DAY, Cast
from tests.consulting.desk import MICRO, MONDAY, SUNDAY, fixed, harbor, hourly, session
from tests.consulting.held import TERMS, broken, earned, holds, pay, refund
from treasury.models import Posting
from treasury.services.clients import client_named
from treasury.services.payouts import start


def accept(cast: Cast, engagement: Engagement, *units: str, **changes: Any) -> list[Acceptance]:
    """These units, on the Sunday."""
    values: dict[str, Any] = {"accepted_on": SUNDAY, "by": cast.mira, "at": AT, "units": units or None}
    return acceptances.accept(engagement=engagement, **(values | changes))


def staged(cast: Cast, reference: str = "F-1") -> Engagement:
    """100 U in milestones of 60 and 40, by bo."""
    engagement = fixed(cast, reference, price_micro=100 * MICRO)
    milestones.agree(
        engagement=engagement, plan=[Planned("Look", 60 * MICRO), Planned("Mend", 40 * MICRO)], by=cast.mira, at=AT
    )
    for number in (1, 2):
        engagements.enter_session(
            engagement=engagement,
            reference=f"{reference}-S-{number}",
            member=cast.bo,
            held_on=MONDAY,
            hours_centi=100,
            rate_micro=None,
            milestone=Milestone.objects.get(engagement=engagement, reference=f"M{number}"),
            by="test",
            at=AT,
        )
    return engagement


def run_month() -> None:
    """Posts what October owes."""
    start(month="2026-10", by="test", at=datetime(2026, 11, 1, 8, tzinfo=UTC))
    assert jobs.run_due() == 1


def test_sessions_one_by_one_and_then_the_rest(cast: Cast) -> None:
    engagement = hourly(cast)
    for number in (1, 2, 3):
        session(cast, engagement, f"S-{number}", cast.chen)
    accept(cast, engagement, "S-2")
    engagement.refresh_from_db()
    assert engagement.accepted_on is None
    with pytest.raises(refused.UnitAccepted, match="S-2"):
        accept(cast, engagement, "S-1", "S-2")
    with pytest.raises(refused.UnknownUnit):
        accept(cast, engagement, "S-9")
    with pytest.raises(refused.UnknownUnit):
        accept(cast, engagement, "")
    accept(cast, engagement, accepted_on=date(2026, 10, 30))
    engagement.refresh_from_db()
    assert engagement.accepted_on == date(2026, 10, 30)
    keys = Posting.objects.filter(kind="acceptance").order_by("key").values_list("key", flat=True)
    assert (list(keys), holds("escrow", "E-1")) == (["E-1", "E-1/2"], 900 * MICRO)
    assert Acceptance.objects.count() == 3
    assert broken() == []


def test_the_last_milestone_closes_the_engagement(cast: Cast) -> None:
    engagement = staged(cast)
    pay(engagement, 60 * MICRO)
    (first,) = accept(cast, engagement, "M1")
    assert first.milestone == Milestone.objects.get(reference="M1")
    assert (first.gross_micro, holds("escrow", "F-1")) == (60 * MICRO, 60 * MICRO)
    assert broken() == []
    accept(cast, engagement, "M2", accepted_on=date(2026, 10, 31))
    engagement.refresh_from_db()
    assert engagement.accepted_on == date(2026, 10, 31)
    assert list(Share.objects.order_by("reference").values_list("reference", "amount_micro")) == [
        ("consulting/F-1/M1/bo", 48 * MICRO),
        ("consulting/F-1/M2/bo", 32 * MICRO),
    ]
    run_month()
    assert (holds("escrow", "F-1"), earned("bo"), earned("pool")) == (0, 80 * MICRO, 20 * MICRO)
    assert holds("receivable", engagement.client.key) == -40 * MICRO
    assert broken() == []


def test_a_milestone_needs_its_own_hours_or_weights(cast: Cast) -> None:
    engagement = fixed(cast)
    milestones.agree(
        engagement=engagement, plan=[Planned("Look", 600 * MICRO), Planned("Mend", 400 * MICRO)], by=cast.mira, at=AT
    )
    session(cast, engagement, "S-1", cast.bo)
    with pytest.raises(refusals.NoBasis):
        accept(cast, engagement, "M1")
    engagements.set_weights(engagement=engagement, weights={cast.bo: 1, cast.chen: 3}, by=cast.mira, at=AT)
    accept(cast, engagement)
    assert earned("bo") == 0
    assert dict(Share.objects.values_list("reference", "amount_micro")) == {
        "consulting/F-1/M1/bo": 120 * MICRO,
        "consulting/F-1/M1/chen": 360 * MICRO,
        "consulting/F-1/M2/bo": 80 * MICRO,
        "consulting/F-1/M2/chen": 240 * MICRO,
    }


def test_what_was_paid_too_much_is_the_clients_credit_at_closing(cast: Cast) -> None:
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen)
    pay(engagement, 500 * MICRO)
    accept(cast, engagement, "S-1")
    assert (holds("escrow", "E-1"), broken()) == (500 * MICRO, [])
    acceptances.close(engagement=engagement, closed_on=SUNDAY, by=cast.mira, at=AT)
    assert (holds("escrow", "E-1"), holds("receivable", engagement.client.key)) == (300 * MICRO, 200 * MICRO)
    assert Posting.objects.filter(kind="release").count() == 1
    assert broken() == []


def test_an_engagement_without_work_ends_and_gives_everything_back(cast: Cast) -> None:
    engagement = hourly(cast)
    pay(engagement, 300 * MICRO)
    acceptances.close(engagement=engagement, closed_on=SUNDAY, by="test", at=AT)
    assert (holds("escrow", "E-1"), holds("receivable", engagement.client.key)) == (0, 300 * MICRO)
    with pytest.raises(refusals.AcceptedAlready):
        acceptances.close(engagement=engagement, closed_on=SUNDAY, by="test", at=AT)
    open_work = hourly(cast, "E-2")
    session(cast, open_work, "S-1", cast.chen)
    with pytest.raises(refused.StillOpen):
        acceptances.close(engagement=open_work, closed_on=SUNDAY, by="test", at=AT)
    assert broken() == []


def test_the_client_accepts_and_nobody_else_but_the_treasurer(cast: Cast) -> None:
    client_named(name="Harbor Labs", email="otto@cast.example", at=AT)
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen)
    for person in (cast.lin, cast.chen, cast.noor):
        with pytest.raises(refused.ClientOnly):
            accept(cast, engagement, "S-1", by=person)
    accept(cast, engagement, "S-1", by=cast.otto)
    assert Entry.objects.get(verb="engagement.accept").actor == f"user:{cast.otto.pk}"


def test_sides(cast: Cast) -> None:
    client_named(name="Harbor Labs", email="otto@cast.example", at=AT)
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen)
    engagement = Engagement.objects.get()
    found = {name: side_of(cast.user(name), engagement, DAY) for name in ("otto", "chen", "mira", "lin", "bo", "noor")}
    assert found == {
        "otto": "client",
        "chen": "expert",
        "mira": "treasurer",
        "lin": "leader",
        "bo": "member",
        "noor": "",
    }
    User.objects.filter(pk=cast.otto.pk).update(is_active=False)
    cast.otto.refresh_from_db()
    assert side_of(cast.otto, engagement, DAY) == ""


def test_milestones_come_to_the_price_and_are_agreed_before_work(cast: Cast) -> None:
    engagement = fixed(cast)
    facts: dict[str, Any] = {"engagement": engagement, "by": cast.mira, "at": AT}
    with pytest.raises(refused.MilestonesUneven, match="999"):
        milestones.agree(plan=[Planned("Look", 999 * MICRO)], **facts)
    with pytest.raises(refused.MilestoneUnreadable):
        milestones.agree(plan=[Planned(" ", 1000 * MICRO)], **facts)
    with pytest.raises(refused.MilestonesUnexpected):
        milestones.agree(plan=[], **facts | {"engagement": hourly(cast)})
    with pytest.raises(refusals.TreasurerOnly):
        milestones.agree(plan=[], **facts | {"by": cast.lin})
    milestones.agree(plan=[Planned("Look", 1000 * MICRO)], **facts)
    (row,) = milestones.agree(plan=[Planned("See", 1000 * MICRO)], **facts)
    milestones.deliver(milestone=row, by="test", at=AT)
    with pytest.raises(refused.MilestonesFixed):
        milestones.agree(plan=[], **facts)


def test_work_on_what_is_accepted_is_refused(cast: Cast) -> None:
    engagement = staged(cast)
    accept(cast, engagement, "M1")
    row = Milestone.objects.get(reference="M1")
    facts: dict[str, Any] = {"held_on": MONDAY, "hours_centi": 100, "rate_micro": None, "by": "test", "at": AT}
    with pytest.raises(refused.UnitAccepted):
        engagements.enter_session(engagement=engagement, reference="S-9", member=cast.bo, milestone=row, **facts)
    with pytest.raises(refused.UnitAccepted):
        milestones.deliver(milestone=row, by="test", at=AT)
    with pytest.raises(refused.UnknownUnit):
        engagements.enter_session(
            engagement=fixed(cast, "F-2"), reference="S-9", member=cast.bo, milestone=row, **facts
        )
    by_hour = hourly(cast)
    worked = session(cast, by_hour, "S-1", cast.chen)
    accept(cast, by_hour, "S-1")
    with pytest.raises(refused.UnitAccepted):
        engagements.correct_session(
            session=worked, held_on=MONDAY, hours_centi=100, rate_micro=150 * MICRO, by=cast.mira, at=AT
        )


@transaction.atomic
def execute(statement: str, *params: Any) -> None:
    """A statement with every check that waits for the end of a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def refuses(statement: str, *params: Any) -> str:
    """What the database says to a statement."""
    with pytest.raises(DatabaseError) as error:
        execute(statement, *params)
    return str(error.value).splitlines()[0]


INSERT_REFUND = """
INSERT INTO consulting_refund (engagement_id, session_id, milestone_id, acceptance_id, unit_micro, before_micro,
  amount_micro, reason, refunded_on, refunded_by) VALUES (%s, %s, %s, %s, %s, %s, %s, 'x', '2026-10-25', 'test')
"""


def test_the_database_holds_units_to_what_they_are(cast: Cast) -> None:
    engagement = staged(cast)
    client = harbor()
    engagements.open_engagement(
        reference="T-1", client=client, title="x", pricing="hourly", opened_on=MONDAY, terms=TERMS, by="test", at=AT
    )
    first = Milestone.objects.get(reference="M1")
    assert "come to 110" in refuses("UPDATE consulting_milestone SET price_micro = 70000000 WHERE reference = 'M1'")
    assert "come to 60" in refuses(
        "UPDATE consulting_session SET milestone_id = NULL; DELETE FROM consulting_milestone WHERE reference = 'M2'"
    )
    assert "milestone_price" in refuses("UPDATE consulting_milestone SET price_micro = 0 WHERE reference = 'M1'")
    assert "terms were agreed" in refuses("UPDATE consulting_engagement SET terms = NULL WHERE reference = 'T-1'")
    accept(cast, engagement, "M1")
    assert "stays" in refuses("UPDATE consulting_milestone SET title = 'x' WHERE reference = 'M1'")
    assert "accepted or of another" in refuses("UPDATE consulting_session SET milestone_id = %s", first.pk)
    other = hourly(cast)
    row = session(cast, other, "S-1", cast.chen)
    accept(cast, other, "S-1")
    assert "it is accepted" in refuses("UPDATE consulting_session SET title = 'x' WHERE id = %s", row.pk)


def test_the_database_holds_refunds_to_what_they_are(cast: Cast) -> None:
    engagement = staged(cast)
    first, second = Milestone.objects.order_by("reference")
    (accepted,) = accept(cast, engagement, "M1")
    kept = refund(cast, engagement, 10 * MICRO, "M1")
    whole = 60 * MICRO
    for values, said in (
        ((engagement.pk, None, first.pk, accepted.pk, whole, 0, 1), "does not follow"),
        ((engagement.pk, None, first.pk, accepted.pk, whole, 10 * MICRO, whole), "refund_within_unit"),
        ((engagement.pk, None, first.pk, None, whole, 10 * MICRO, 1), "another acceptance"),
        ((engagement.pk, None, second.pk, accepted.pk, whole, 0, 1), "another acceptance"),
        ((hourly(cast).pk, None, second.pk, None, whole, 0, 1), "another engagement"),
        ((engagement.pk, None, first.pk, accepted.pk, whole, 10 * MICRO, 1), "parts come to 0"),
        ((engagement.pk, None, second.pk, None, whole, 0, 0), "refund_within_unit"),
    ):
        assert said in refuses(INSERT_REFUND, *values)
    assert "stays as it is" in refuses("UPDATE consulting_refund SET amount_micro = 1 WHERE id = %s", kept.pk)
    assert "append-only" in refuses("DELETE FROM consulting_refund")
    part = kept.parts.order_by("pk").first()
    assert part is not None
    copy = (
        "INSERT INTO consulting_refundpart (refund_id, acceptance_id, share_id, source, share_micro, before_micro,"
        " amount_micro) SELECT refund_id, acceptance_id, {}, source, {}, {}, {} FROM consulting_refundpart"
        " WHERE id = %s"
    )
    for fields, said in (
        (("share_id", "share_micro", "0", "1"), "does not follow"),
        (("share_id", "share_micro", "amount_micro", "share_micro"), "refundpart_within_share"),
        (("share_id", "share_micro + 1", "amount_micro", "1"), "no such share"),
        (("NULL", "share_micro", "0", "1"), "does not follow"),
    ):
        assert said in refuses(copy.format(*fields), part.pk)
    assert "append-only" in refuses("UPDATE consulting_refundpart SET amount_micro = 1")
    execute("UPDATE consulting_refund SET reason = ''")
    assert broken() == []
