"""Joining, leaving, terms, applications: what the services do, refuse and write down."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import ProtectedError
from django.test import Client

from accounts.models import User
from charter.models import Group
from journal.models import Entry
from journal.refusals import Refusal
from members import acts
from members.models import Application, Member, Membership, Term
from members.refusals import applications as no
from members.refusals import people as not_people
from members.selectors import people
from members.services import groups, memberships, terms
from members.services.permissions import refresh_treasurer
from tests.cast import AT, DAY, FOUNDED_ON, Cast, person
from tests.members.steps import TOMORROW, WALLET, confirmed, entries, interviewed, joined

pytestmark = pytest.mark.django_db


def test_joining_makes_person_period_and_entry(cast: Cast) -> None:
    member = joined(email="Dora@Cast.example", wallet=WALLET, builder_since=date(2025, 1, 1))
    assert people.is_active(member, DAY)
    assert not people.is_active(member, DAY - timedelta(days=1))
    assert (member.email, member.user and member.user.email) == ("Dora@Cast.example", "dora@cast.example")
    (entry,) = [row for row in entries("member.join") if row.subject == "member/dora"]
    assert entry.actor == "system:test"
    assert entry.data["joined_on"] == "2026-11-20"
    assert "Dora" not in str(entry.data)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"handle": "Dora"}, not_people.BadHandle),
        ({"handle": "pool"}, not_people.ReservedHandle),
        ({"name": " "}, not_people.NameMissing),
        ({"wallet": "0x1"}, not_people.BadWallet),
        ({"handle": "lin"}, not_people.PeriodsOverlap),
        ({"user": "bo"}, not_people.AlreadyMember),
    ],
)
def test_joining_is_refused(cast: Cast, change: dict[str, Any], refusal: type[Refusal]) -> None:
    before = Member.objects.count(), Membership.objects.count(), Entry.objects.count()
    told: dict[str, Any] = {name: cast.user(value) if name == "user" else value for name, value in change.items()}
    with pytest.raises(refusal):
        joined(**told)
    assert (Member.objects.count(), Membership.objects.count(), Entry.objects.count()) == before


def test_a_handle_is_never_given_to_somebody_else(cast: Cast) -> None:
    memberships.declare_exit(member=cast.chen, exited_on=DAY, by=cast.chen, at=AT)
    with pytest.raises(not_people.HandleTaken):
        joined("chen", user=cast.otto, joined_on=TOMORROW)


def test_a_wallet_is_one_persons(cast: Cast) -> None:
    memberships.set_wallet(member=cast.bo, wallet=WALLET, by="import", at=AT)
    with pytest.raises(not_people.WalletTaken):
        joined(wallet=WALLET)
    with pytest.raises(not_people.WalletTaken):
        memberships.set_wallet(member=cast.chen, wallet=WALLET, by="import", at=AT)
    memberships.set_wallet(member=cast.bo, wallet=WALLET, by="import", at=AT)


def test_who_came_back_has_another_period_under_the_same_handle(cast: Cast) -> None:
    memberships.declare_exit(member=cast.chen, exited_on=DAY, by=cast.chen, at=AT)
    with pytest.raises(not_people.PeriodsOverlap):
        joined("chen", user=cast.user("chen"))
    back = joined("chen", user=cast.user("chen"), joined_on=DAY + timedelta(days=30))
    assert back.pk == cast.chen.pk
    assert [people.is_active(back, DAY + timedelta(days=n)) for n in (0, 1, 29, 30)] == [True, False, False, True]


def test_the_last_day_still_counts_and_the_role_goes_with_it(cast: Cast, client: Client) -> None:
    user = cast.user("chen")
    memberships.declare_exit(member=cast.chen, exited_on=DAY, by=user, at=AT)
    assert people.roles_on(user, DAY) == {"member"}
    assert people.roles_on(user, TOMORROW) == {"former"}
    with pytest.raises(not_people.NotMember):
        memberships.declare_exit(member=cast.chen, exited_on=TOMORROW, by=user, at=AT)


def test_nobody_declares_the_exit_of_another(cast: Cast) -> None:
    for somebody in (cast.lin, cast.user("lin"), cast.mira):
        with pytest.raises(not_people.NotYourExit):
            memberships.declare_exit(member=cast.chen, exited_on=TOMORROW, by=somebody, at=AT)
    with pytest.raises(not_people.ExitInPast):
        memberships.declare_exit(member=cast.chen, exited_on=DAY - timedelta(days=1), by=cast.chen, at=AT)
    with pytest.raises(not_people.ExitTooFar):
        memberships.declare_exit(member=cast.chen, exited_on=date(2062, 11, 20), by=cast.chen, at=AT)
    with pytest.raises(not_people.ExitBeforeJoining):
        memberships.declare_exit(member=cast.chen, exited_on=date(2025, 12, 31), by="import", at=AT)
    assert Membership.objects.get(member=cast.chen).exited_on is None


def test_a_leader_who_leaves_ends_the_term_the_same_day(cast: Cast) -> None:
    memberships.declare_exit(member=cast.lin, exited_on=DAY, by=cast.lin, at=AT)
    term = Term.objects.get(role="leader")
    assert term.ends_on == DAY
    assert people.leader_on(DAY) == term
    assert people.leader_on(TOMORROW) is None
    assert people.roles_on(cast.user("lin"), TOMORROW) == {"former"}
    assert not people.deciders_on(TOMORROW).may_decide(cast.bo, cast.chen)


def test_a_term_that_never_began_makes_room(cast: Cast) -> None:
    later = DAY + timedelta(days=30)
    terms.seat_leader(member=cast.bo, starts_on=later, decided_by="vote", by="system:test", at=AT)
    memberships.declare_exit(member=cast.bo, exited_on=DAY, by=cast.bo, at=AT)
    assert list(Term.objects.filter(role="leader").values_list("member__handle", flat=True)) == ["lin"]
    assert [entry.subject for entry in entries("term.drop")] == [f"term/leader/{later}"]
    terms.seat_leader(member=cast.chen, starts_on=later, decided_by="vote", by="system:test", at=AT)


def test_a_leader_whose_term_ended_unreplaced_stays_as_caretaker(cast: Cast) -> None:
    term = terms.end_term(term=Term.objects.get(role="leader"), ends_on=date(2026, 6, 30), by="system:test", at=AT)
    found = people.leader_on(DAY)
    assert found == term
    assert people.is_caretaker(term, DAY)
    assert not people.is_caretaker(term, date(2026, 6, 30))
    assert people.roles_on(cast.user("lin"), DAY) == {"member", "leader"}
    terms.seat_leader(member=cast.bo, starts_on=TOMORROW, decided_by="vote", by="system:test", at=AT)
    assert people.roles_on(cast.user("lin"), TOMORROW) == {"member"}
    assert people.roles_on(cast.user("bo"), TOMORROW) == {"member", "leader"}


def test_no_term_ends_before_it_begins_or_later_than_it_did(cast: Cast) -> None:
    term = Term.objects.get(role="leader")
    with pytest.raises(not_people.TermBackwards):
        terms.end_term(term=term, ends_on=term.starts_on - timedelta(days=1), by="system:test", at=AT)
    ended = terms.end_term(term=term, ends_on=DAY, by="system:test", at=AT)
    with pytest.raises(not_people.TermBackwards):
        terms.end_term(term=ended, ends_on=TOMORROW, by="system:test", at=AT)
    assert Term.objects.get(role="leader").ends_on == DAY


def test_no_treasurer_is_appointed_backwards(cast: Cast) -> None:
    days = {"starts_on": TOMORROW, "ends_on": DAY}
    with pytest.raises(not_people.TermBackwards):
        terms.appoint_treasurer(user=cast.otto, decided_by="x", by="system:test", at=AT, **days)
    assert not Term.objects.filter(user=cast.otto).exists()
    assert not User.objects.get(pk=cast.otto.pk).is_staff


def test_no_group_is_founded_by_nobody(db: None) -> None:
    rest: dict[str, Any] = {"leader": "lin", "founded_on": FOUNDED_ON, "by": "system:test", "at": AT}
    with pytest.raises(not_people.NoFounders) as caught:
        groups.found(name="Experts", founders=[], treasurer_email="mira@cast.example", **rest)
    assert caught.value.code == "no-founders"
    assert not Group.objects.exists()


def test_before_the_first_term_nobody_leads(cast: Cast) -> None:
    assert people.leader_on(FOUNDED_ON - timedelta(days=1)) is None
    assert people.deciders_on(FOUNDED_ON - timedelta(days=1)).leader is None


def test_a_deputy_who_left_decides_nothing(cast: Cast) -> None:
    assert people.decider_for(cast.lin, DAY) == cast.bo
    memberships.declare_exit(member=cast.bo, exited_on=DAY, by=cast.bo, at=AT)
    assert people.decider_for(cast.lin, TOMORROW) is None
    assert people.deciders_on(TOMORROW).may_decide(cast.chen, cast.lin)
    assert "deputy" not in people.roles_on(cast.user("bo"), TOMORROW)


def test_terms_lie_inside_the_membership(cast: Cast) -> None:
    memberships.declare_exit(member=cast.chen, exited_on=TOMORROW, by=cast.chen, at=AT)
    for first, last in [(DAY, None), (DAY, TOMORROW + timedelta(days=1)), (date(2025, 1, 1), date(2025, 2, 1))]:
        with pytest.raises(not_people.TermOutsideMembership):
            terms.seat_leader(member=cast.chen, starts_on=first, ends_on=last, decided_by="x", by="import", at=AT)
    terms.seat_leader(member=cast.chen, starts_on=DAY, ends_on=TOMORROW, decided_by="x", by="import", at=AT)


def test_the_treasurer_may_open_the_admin_and_read(cast: Cast) -> None:
    names = {permission.split(".")[1] for permission in cast.mira.get_all_permissions()}
    assert {"view_member", "view_user", "view_application", "view_claim", "add_engagement"} <= names
    assert not any(name.startswith("delete_") for name in names)
    written = {name for name in names if not name.startswith("view_")}
    assert not written & {
        "change_user",
        "change_member",
        "change_term",
        "add_transfer",
        "change_transfer",
        "change_group",
    }
    assert people.roles_on(cast.mira, DAY) == {"treasurer"}
    term = Term.objects.get(role="treasurer")
    terms.dismiss_treasurer(term=term, ends_on=DAY, by="system:test", at=AT)
    gone = User.objects.get(pk=cast.mira.pk)
    assert (gone.is_staff, gone.get_all_permissions()) == (False, set())
    assert people.roles_on(gone, TOMORROW) == frozenset()


def test_the_treasurers_group_is_put_right_again(cast: Cast) -> None:
    group = refresh_treasurer()
    before = set(group.permissions.values_list("codename", flat=True))
    group.permissions.clear()
    assert set(refresh_treasurer().permissions.values_list("codename", flat=True)) == before


def test_roles_cost_one_query(cast: Cast, django_assert_num_queries: Any) -> None:
    for user in (cast.user("lin"), cast.mira, cast.noor, cast.otto):
        with django_assert_num_queries(1):
            people.roles_on(user, DAY)


def test_a_closed_account_has_no_role(cast: Cast) -> None:
    User.objects.filter(pk=cast.user("lin").pk).update(is_active=False)
    assert people.roles_on(cast.user("lin"), DAY) == frozenset()


@pytest.mark.parametrize("rows", [1, 3, 100])
def test_the_roll_costs_the_same_for_any_number(cast: Cast, django_assert_num_queries: Any, rows: int) -> None:
    for number in range(rows):
        joined(f"m{number:03}")
    # People, their periods, who leads, who is away.
    with django_assert_num_queries(4):
        found = people.roll(DAY)
    assert len(found) == rows + 3
    assert [row.member.handle for row in found] == sorted(row.member.handle for row in found)


@pytest.mark.parametrize("rows", [1, 3, 100])
def test_the_list_of_applications_costs_the_same(cast: Cast, django_assert_num_queries: Any, rows: int) -> None:
    from members.selectors.applications import listed

    for number in range(rows):
        user = person(f"a{number}@cast.example")
        Application.objects.create(user=user, handle=f"a{number}x", name="A", saved_at=AT, submitted_at=AT)
    with django_assert_num_queries(4):
        assert len(listed(AT)) == rows + 1


def test_the_act_admits_on_the_day_of_execution(cast: Cast) -> None:
    confirmed(cast)
    interviewed(cast)
    params = acts.Admit(cast.application.pk)
    acts.check_admission(params, DAY)
    assert acts.preview_admission(params, DAY) == ["Noor Haddad (noor) becomes a member on Fri 20 Nov 2026."]
    assert acts.admit(params, at=AT, by="system:worker", reference="proposal/1") == "membership/noor"
    noor = Member.objects.get(handle="noor")
    assert (noor.user, noor.builder_since) == (cast.noor, date(2026, 9, 28))
    assert Membership.objects.get(member=noor).joined_on == DAY
    assert people.roles_on(cast.noor, DAY) == {"member"}
    with pytest.raises(no.ApplicationEnded):
        acts.admit(params, at=AT, by="system:worker", reference="proposal/1")
    with pytest.raises(no.ApplicationEnded):
        acts.check_admission(params, DAY)


def test_no_act_admits_an_application_that_is_none(cast: Cast) -> None:
    params = acts.Admit(cast.application.pk + 1)
    with pytest.raises(no.UnknownApplication):
        acts.check_admission(params, DAY)
    with pytest.raises(no.UnknownApplication):
        acts.preview_admission(params, DAY)


def test_a_later_day_is_kept_and_an_earlier_one_is_not(cast: Cast) -> None:
    assert acts.Admit(1, TOMORROW).begins_on(DAY) == TOMORROW
    assert acts.Admit(1, DAY - timedelta(days=9)).begins_on(DAY) == DAY


def test_the_day_is_that_of_the_groups_zone(cast: Cast) -> None:
    confirmed(cast)
    interviewed(cast)
    # 18:00 in UTC is past midnight in Shanghai.
    acts.admit(acts.Admit(cast.application.pk), at=AT.replace(hour=18), by="system:worker", reference="proposal/1")
    assert Membership.objects.get(member__handle="noor").joined_on == TOMORROW


def test_the_act_of_seating_asks_first(cast: Cast) -> None:
    params = acts.SeatLeader("chen", TOMORROW, deputy="bo")
    acts.check_seating(params, DAY)
    assert acts.preview_seating(params, DAY) == ["Chen Yu becomes the leader on Sat 21 Nov 2026."]
    assert acts.seat(params, at=AT, by="system:worker", reference="proposal/2") == "term/leader/2026-11-21"
    with pytest.raises(not_people.UnknownHandle):
        acts.check_seating(acts.SeatLeader("nobody", TOMORROW), DAY)


def test_nobody_is_deleted_from_below(cast: Cast) -> None:
    with pytest.raises(ProtectedError):
        cast.user("lin").delete()
    with pytest.raises(ProtectedError):
        cast.lin.delete()


def test_a_term_of_quarters_is_counted_from_the_day_it_begins(cast: Cast) -> None:
    params = acts.SeatLeader("chen", date(2027, 1, 1), quarters=1)
    assert acts.preview_seating(params, DAY) == [
        "Chen Yu becomes the leader on Fri 1 Jan 2027, until Wed 31 Mar 2027.",
    ]
    assert params.days(date(2027, 2, 3)) == (date(2027, 2, 3), date(2027, 5, 2))
    acts.seat(params, at=AT, by="system:worker", reference="proposal/2")
    term = Term.objects.get(member=cast.chen)
    assert (term.starts_on, term.ends_on) == (date(2027, 1, 1), date(2027, 3, 31))


def test_a_deputy_who_has_left_is_not_seated(cast: Cast) -> None:
    memberships.declare_exit(member=cast.bo, exited_on=DAY, by=cast.bo, at=AT)
    params = acts.SeatLeader("chen", TOMORROW, deputy="bo", quarters=1)
    acts.check_seating(params, DAY)
    acts.seat(params, at=AT, by="system:worker", reference="proposal/2")
    assert Term.objects.get(member=cast.chen).deputy is None


def test_a_leader_who_has_left_is_not_seated(cast: Cast) -> None:
    memberships.declare_exit(member=cast.bo, exited_on=DAY, by=cast.bo, at=AT)
    with pytest.raises(not_people.NotMember):
        acts.check_seating(acts.SeatLeader("bo", TOMORROW, quarters=1), DAY)
