"""Acceptance: parts that add up, money in escrow, the whole or nothing, once."""

from datetime import date
from fractions import Fraction

import pytest

from charter.services import editions
from consulting import refusals
from consulting.models import Acceptance, Engagement, Share
from consulting.rules import acceptances as rules
from consulting.services import acceptances, engagements
from journal.models import Entry
from tests.cast import AT, Cast
from tests.consulting.desk import MICRO, MONDAY, SUNDAY, fixed, hourly, session
from treasury.models import Balance, Posting, Transfer


def balance(kind: str, owner: str) -> int:
    """What an account of U holds, in micro-units."""
    return Balance.objects.get(account__kind=kind, account__owner=owner, account__asset="U").amount_micro


def test_by_the_hour_each_session_is_split_by_the_charter_of_its_day(cast: Cast) -> None:
    editions.amend(
        changes={"consulting.individual_share": "50%"}, effective_on=date(2026, 10, 20), act="test", by="test", at=AT
    )
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen, hours_centi=33, rate_micro=133_333_333)
    session(cast, engagement, "S-2", cast.bo, held_on=SUNDAY, hours_centi=100, rate_micro=100_000_001)
    acceptances.accept(engagement=engagement, accepted_on=SUNDAY, by=cast.mira, at=AT)
    rows = Acceptance.objects.order_by("session__reference")
    assert list(rows.values_list("gross_micro", "individuals_micro", "pool_micro", "share", "edition")) == [
        (44_000_000, 35_200_000, 8_800_000, "80%", 1),
        (100_000_001, 50_000_001, 50_000_000, "50%", 2),
    ]
    assert list(Share.objects.order_by("reference").values_list("reference", "member__handle", "amount_micro")) == [
        ("consulting/E-1/S-1/chen", "chen", 35_200_000),
        ("consulting/E-1/S-2/bo", "bo", 50_000_001),
    ]


def test_the_client_owes_the_gross_and_escrow_holds_it(cast: Cast) -> None:
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen)
    session(cast, engagement, "S-2", cast.bo, hours_centi=100)
    acceptances.accept(engagement=engagement, accepted_on=SUNDAY, by=cast.mira, at=AT)
    assert balance("receivable", engagement.client.key) == -450 * MICRO
    assert balance("escrow", "E-1") == 450 * MICRO
    posting = Posting.objects.get(kind="acceptance")
    assert (posting.key, posting.occurred_on) == ("E-1", SUNDAY)
    references = Transfer.objects.filter(posting=posting).order_by("reference").values_list("reference", flat=True)
    assert list(references) == ["acceptance/E-1/S-1", "acceptance/E-1/S-2"]
    assert Entry.objects.get(verb="engagement.accept").data == {
        "accepted_on": "2026-10-25",
        "gross_micro": 450 * MICRO,
        "pool_micro": 90 * MICRO,
        "parts": {"consulting/E-1/S-1/chen": 240 * MICRO, "consulting/E-1/S-2/bo": 120 * MICRO},
    }


def test_a_fixed_price_is_shared_by_hours_with_ties_by_handle(cast: Cast) -> None:
    engagement = fixed(cast, price_micro=100 * MICRO)
    for number, member in enumerate((cast.lin, cast.chen, cast.bo)):
        session(cast, engagement, f"S-{number}", member)
    (row,) = acceptances.accept(engagement=engagement, accepted_on=SUNDAY, by=cast.mira, at=AT)
    assert (row.session, row.individuals_micro, row.pool_micro) == (None, 80 * MICRO, 20 * MICRO)
    assert list(Share.objects.order_by("reference").values_list("reference", "amount_micro")) == [
        ("consulting/F-1/bo", 26_666_667),
        ("consulting/F-1/chen", 26_666_667),
        ("consulting/F-1/lin", 26_666_666),
    ]


def test_agreed_weights_come_before_hours(cast: Cast) -> None:
    engagement = fixed(cast, price_micro=100 * MICRO)
    session(cast, engagement, "S-1", cast.lin, hours_centi=1000)
    engagements.set_weights(engagement=engagement, weights={cast.bo: 3, cast.chen: 1, cast.lin: 0}, by=cast.mira, at=AT)
    acceptances.accept(engagement=engagement, accepted_on=SUNDAY, by=cast.mira, at=AT)
    assert list(Share.objects.order_by("reference").values_list("member__handle", "amount_micro")) == [
        ("bo", 60 * MICRO),
        ("chen", 20 * MICRO),
    ]


def test_a_fixed_price_takes_the_share_of_the_day_of_acceptance(cast: Cast) -> None:
    engagement = fixed(cast, price_micro=3)
    session(cast, engagement, "S-1", cast.chen)
    editions.amend(changes={"consulting.individual_share": "1/2"}, effective_on=SUNDAY, act="test", by="test", at=AT)
    (row,) = acceptances.accept(engagement=engagement, accepted_on=SUNDAY, by=cast.mira, at=AT)
    assert (row.individuals_micro, row.pool_micro, row.share) == (2, 1, "1/2")


def test_without_a_weight_or_an_hour_a_fixed_price_waits(cast: Cast) -> None:
    engagement = fixed(cast)
    with pytest.raises(refusals.NoBasis):
        acceptances.accept(engagement=engagement, accepted_on=SUNDAY, by=cast.mira, at=AT)
    with pytest.raises(refusals.NothingToAccept):
        acceptances.accept(engagement=hourly(cast), accepted_on=SUNDAY, by=cast.mira, at=AT)
    assert not Acceptance.objects.exists()
    assert not Posting.objects.filter(kind="acceptance").exists()


def test_an_acceptance_has_a_possible_day(cast: Cast) -> None:
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen)
    for day, refusal in (
        (date(2026, 9, 30), refusals.AcceptedBeforeOpening),
        (date(2026, 10, 18), refusals.HeldAfterAcceptance),
        (date(2026, 11, 21), refusals.AcceptedInFuture),
    ):
        with pytest.raises(refusal):
            acceptances.accept(engagement=engagement, accepted_on=day, by=cast.mira, at=AT)
    assert Engagement.objects.get().accepted_on is None


def test_accepted_once(cast: Cast) -> None:
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen)
    acceptances.accept(engagement=engagement, accepted_on=SUNDAY, by=cast.mira, at=AT)
    with pytest.raises(refusals.AcceptedAlready):
        acceptances.accept(engagement=engagement, accepted_on=SUNDAY, by=cast.mira, at=AT)
    assert balance("escrow", "E-1") == 300 * MICRO


def test_only_the_treasurer_accepts(cast: Cast) -> None:
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen)
    with pytest.raises(refusals.TreasurerOnly):
        acceptances.accept(engagement=engagement, accepted_on=SUNDAY, by=cast.lin, at=AT)


def test_worth_of_next_to_nothing_moves_nothing(cast: Cast) -> None:
    editions.amend(changes={"consulting.rate_min": "0"}, effective_on=MONDAY, act="test", by="test", at=AT)
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen, hours_centi=1, rate_micro=1)
    acceptances.accept(engagement=engagement, accepted_on=SUNDAY, by=cast.mira, at=AT)
    assert Acceptance.objects.get().gross_micro == 0
    assert not Posting.objects.filter(kind="acceptance").exists()


def test_the_split_names_what_it_was_made_from() -> None:
    from charter.rules.terms import Timeline

    order = rules.Order("F", "fixed", 10)
    worked = [rules.Worked("S-1", "amy", MONDAY, 150, None), rules.Worked("S-2", "zoe", MONDAY, 50, None)]
    (split,) = rules.split(order, worked, {}, SUNDAY, Timeline())
    assert [(part.amount_micro, part.inputs) for part in split.parts] == [
        (6, {"by": "hours", "part": 150, "whole": 200}),
        (2, {"by": "hours", "part": 50, "whole": 200}),
    ]
    assert Fraction(split.individuals_micro, split.gross_micro) == Fraction(4, 5)
