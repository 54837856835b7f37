"""What a second import may change, what it may not, and that nothing else moves."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress

from accounts.models import User
from charter.models import Edition, Group
from consulting.models import Acceptance, Dispute, Engagement, Retainer, Session, Share
from consulting.services import acceptances
from expertgroup.records.importing import Imported, import_records
from expertgroup.records.problems import RecordsRefused
from journal.models import Entry
from journal.registry import invariants
from members.models import Member, Membership, Term
from tests.cast import AT, Cast
from tests.consulting import agenda
from tests.records.sheets import SOUND, write
from tests.records.test_golden import row_counts
from treasury.models import Balance, Budget, Claim, Posting

pytestmark = pytest.mark.django_db
NEXT = "F-2,Harbor Labs,Audit,fixed,500,2026-04-01,"


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """The sound directory, imported."""
    import_records(write(tmp_path / "sound"), at=AT)
    return tmp_path / "sound"


def only(directory: Path, **files: list[str]) -> list[Imported]:
    """Imports these rows alone."""
    rows = {f"{name}.csv": lines for name, lines in files.items()}
    return import_records(write(directory, dict(rows), only=True), at=AT)


def refused(directory: Path, **files: list[str]) -> list[str]:
    """What these rows alone are refused for."""
    with pytest.raises(RecordsRefused) as problems:
        only(directory, **files)
    return [str(problem) for problem in problems.value.problems]


def broken() -> list[str]:
    """What `verify` would name, apart from entries that no sealer has run for in this test."""
    return [row for name, rule in invariants.items() if not name.startswith("journal") for row in rule.check()]


def test_the_first_import_founds_the_group(tmp_path: Path) -> None:
    import_records(write(tmp_path), at=AT, group="Kite makers", time_zone="Europe/Oslo")
    group = Group.objects.get()
    assert (group.name, group.time_zone, group.founded_on) == ("Kite makers", "Europe/Oslo", date(2025, 6, 1))
    assert list(Edition.objects.order_by("number").values_list("number", "effective_on", "act")) == [
        (1, date(2025, 6, 1), "founding"),
        (2, date(2026, 7, 1), "import"),
    ]
    assert broken() == []


def test_without_a_word_the_group_has_the_usual_name_and_zone(sound: Path) -> None:
    assert Group.objects.values_list("name", "time_zone").get() == ("Technical Expert Group", "Asia/Shanghai")


def test_a_treasurer_is_named_with_the_import_once(tmp_path: Path) -> None:
    directory = write(tmp_path)
    for _again in range(2):
        import_records(directory, at=AT, treasurer="mira@example.org")
    term = Term.objects.get(role="treasurer")
    assert term.user is not None
    assert (term.user.email, term.user.is_staff, term.starts_on) == ("mira@example.org", True, date(2026, 11, 20))


def test_what_was_accepted_is_shared_and_posted(sound: Path) -> None:
    assert list(Acceptance.objects.values_list("engagement__reference", "gross_micro", "pool_micro")) == [
        ("F-1", 1_000_500_000, 200_100_000)
    ]
    assert list(Share.objects.order_by("reference").values_list("reference", "amount_micro")) == [
        ("consulting/F-1/amy", 582_109_091),
        ("consulting/F-1/zoe", 218_290_909),
    ]
    assert Balance.objects.get(account__kind="escrow").amount_micro == 1_000_500_000
    assert Posting.objects.filter(kind="acceptance", key="F-1", occurred_on=date(2026, 4, 30)).count() == 1
    assert Balance.objects.get(account__kind="pool", account__asset="U").amount_micro == 1_000_000_000


def test_approved_claims_count_against_the_budget(sound: Path) -> None:
    assert Budget.objects.get().approved_e8 == 200 * 60_000_000
    claim = Claim.objects.get(reference="C-1")
    assert (claim.value_e8, claim.quarter, claim.decided_on) == (200 * 60_000_000, "2026-Q2", date(2026, 4, 10))
    assert Claim.objects.get(reference="C-2").description == "two\r\nlines"


def test_each_file_leaves_one_entry_without_names(sound: Path) -> None:
    entries = Entry.objects.filter(verb="records.import").order_by("pk")
    assert [entry.subject for entry in entries] == [f"records/{file}" for file in SOUND]
    assert [entry.data["new"] for entry in entries] == [len(rows) for rows in SOUND.values()]
    said = str(list(Entry.objects.values_list("data", "subject")))
    assert not [word for word in ("Amy", "Harbor", "Indexer", "example.org", "0x5aAe", "Audit") if word in said]


def test_an_address_attaches_only_whoever_proved_it(tmp_path: Path) -> None:
    proved, claimed = User.objects.create_user("amy@example.org", "a-long-password"), None
    EmailAddress.objects.create(user=proved, email="amy@example.org", verified=True, primary=True)
    claimed = User.objects.create_user("zoe@example.org", "a-long-password")
    EmailAddress.objects.create(user=claimed, email="zoe@example.org", verified=False, primary=True)
    import_records(write(tmp_path), at=AT)
    users = {member.handle: member.user for member in Member.objects.select_related("user")}
    assert users["amy"] == proved
    assert users["amy"] is not None
    assert users["amy"].has_usable_password()
    assert users["zoe"] == claimed
    assert users["zoe"] is not None
    assert not users["zoe"].has_usable_password()
    assert users["ben"] is not None
    assert not users["ben"].has_usable_password()


def test_the_same_directory_again_changes_nothing(sound: Path) -> None:
    before = row_counts()
    assert [(part.new, part.changed) for part in import_records(sound, at=AT)] == [(0, 0)] * 7
    assert row_counts() == before


def test_the_same_values_written_otherwise_change_nothing(sound: Path, tmp_path: Path) -> None:
    before = row_counts()
    only(
        tmp_path / "again",
        charter=["2026-07-01,pow.hourly_rate,61.50"],
        budgets=["2026-Q2,3,40.00,1000.000000"],
        sessions=["S-1,E-1,amy,2026-04-06,4.0,150.00"],
    )
    assert row_counts() == before


def test_a_waiting_claim_is_decided(sound: Path, tmp_path: Path) -> None:
    row = 'C-2,amy,2026-04-10,1.5,Indexer,"two\r\nlines",,approved,ben,2026-04-12'
    assert only(tmp_path / "next", claims=[row]) == [Imported("claims.csv", 0, 1)]
    claim = Claim.objects.get(reference="C-2")
    assert claim.decided_by is not None
    assert (claim.status, claim.decided_by.handle, claim.decided_on) == ("approved", "ben", date(2026, 4, 12))
    assert Budget.objects.get().approved_e8 == 350 * 60_000_000
    assert only(tmp_path / "next", claims=[row]) == [Imported("claims.csv", 0, 0)]


def test_a_decision_is_judged_like_a_new_claim(sound: Path, tmp_path: Path) -> None:
    start = 'C-2,amy,2026-04-10,1.5,Indexer,"two\r\nlines",,approved'
    (own,) = refused(tmp_path / "own", claims=[f"{start},amy,2026-04-12"])
    assert own.startswith("claims.csv:2: decided_by: ")
    (unsaid,) = refused(tmp_path / "unsaid", claims=[f"{start},zoe,"])
    assert unsaid.startswith("claims.csv:2: decided_on: ")
    rows = ["X,zoe,2026-04-09,14,P,d,,approved,amy,2026-04-09", f"{start},zoe,2026-04-12"]
    (above,) = refused(tmp_path / "above", claims=rows)
    assert above.startswith("claims.csv:3: status: ")
    assert "1,050" in above


def test_dates_are_filled_in(sound: Path, tmp_path: Path) -> None:
    imported = only(
        tmp_path / "next",
        members=[
            "amy,Amy Ek,amy@example.org,2025-01-31,2025-06-01,2026-06-30,",
            "zoe,Zoe Wu,zoe@example.org,2025-02-01,2026-01-01,,0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        ],
        leaders=["zoe,2026-04-01,2026-06-30", "zoe,2026-07-01,"],
        engagements=["E-1,Harbor Labs,Advice,hourly,,2026-04-01,2026-04-20"],
    )
    assert [(part.new, part.changed) for part in imported] == [(0, 2), (1, 1), (0, 1)]
    assert Membership.objects.get(member__handle="amy").exited_on == date(2026, 6, 30)
    assert Member.objects.get(handle="zoe").builder_since == date(2025, 2, 1)
    assert list(Term.objects.order_by("starts_on").values_list("ends_on", flat=True))[1:] == [date(2026, 6, 30), None]
    assert Engagement.objects.get(reference="E-1").accepted_on == date(2026, 4, 20)
    assert Share.objects.get(reference="consulting/E-1/S-1/amy").amount_micro == 480_000_000
    assert broken() == []


def test_somebody_leaves_and_comes_back(sound: Path, tmp_path: Path) -> None:
    rows = [
        "amy,Amy Ek,amy@example.org,2025-01-31,2025-06-01,2026-06-30,",
        "amy,Amy Ek,amy@example.org,2025-01-31,2026-09-01,,",
    ]
    assert only(tmp_path / "next", members=rows) == [Imported("members.csv", 1, 1)]
    assert Member.objects.count() == 3
    assert only(tmp_path / "next", members=rows) == [Imported("members.csv", 0, 0)]


def test_a_new_wallet_is_taken_but_not_its_loss(sound: Path, tmp_path: Path) -> None:
    start = "zoe,Zoe Wu,zoe@example.org,,2026-01-01,,"
    (lost,) = refused(tmp_path / "lost", members=[start])
    assert lost.startswith("members.csv:2: wallet: ")
    other = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
    assert only(tmp_path / "next", members=[start + other]) == [Imported("members.csv", 0, 1)]
    assert Member.objects.get(handle="zoe").wallet == other


def test_work_after_an_exit_entered_later_stays_on_record(sound: Path, tmp_path: Path) -> None:
    exit_row = "amy,Amy Ek,amy@example.org,2025-01-31,2025-06-01,2026-04-07,"
    only(tmp_path / "next", members=[exit_row])
    directory = write(tmp_path / "whole")
    (directory / "members.csv").write_bytes(
        (directory / "members.csv").read_bytes().replace(b"06-01,,\r\n", b"06-01,2026-04-07,\r\n", 1)
    )
    assert [(part.new, part.changed) for part in import_records(directory, at=AT)] == [(0, 0)] * 7
    (late,) = refused(tmp_path / "late", sessions=["X,E-1,amy,2026-04-08,1,150"])
    assert late.startswith("sessions.csv:2: held_on: ")


@pytest.mark.parametrize(
    ("file", "row", "column"),
    [
        ("charter", "2026-07-01,pow.hourly_rate,62", "value"),
        ("members", "amy,Amy Eck,amy@example.org,2025-01-31,2025-06-01,,", "name"),
        ("members", "amy,Amy Ek,ek@example.org,2025-01-31,2025-06-01,,", "email"),
        ("members", "amy,Amy Ek,amy@example.org,2025-01-30,2025-06-01,,", "builder_since"),
        ("members", "ben,Ben Ode,ben@example.org,2025-01-31,2025-06-01,,", "exited_on"),
        ("members", "ben,Ben Ode,ben@example.org,2025-01-31,2025-06-01,2026-05-15,", "exited_on"),
        ("members", "amy,Amy Ek,amy@example.org,2025-01-31,2025-07-01,,", "joined_on"),
        ("leaders", "ben,2026-01-01,2026-03-31", "handle"),
        ("leaders", "amy,2026-01-01,", "ends_on"),
        ("leaders", "amy,2026-02-01,2026-03-01", "starts_on"),
        ("budgets", "2026-Q2,3,40,1001", "pow_u"),
        ("budgets", "2026-Q2,4,40,1000", "headcount"),
        ("claims", "C-1,amy,2026-04-09,2,Indexer,wrote it,https://example.org/1,rejected,zoe,2026-04-10", "status"),
        ("claims", "C-1,amy,2026-04-09,2,Indexer,wrote it,https://example.org/1,approved,ben,2026-04-10", "decided_by"),
        ("claims", "C-1,amy,2026-04-09,2.5,Indexer,wrote it,https://example.org/1,approved,zoe,2026-04-10", "hours"),
        ("claims", 'C-2,amy,2026-04-10,1.5,Indexer,"two\nlines",,pending,,', "description"),
        ("engagements", "E-1,Harbour Labs,Advice,hourly,,2026-04-01,", "client"),
        ("engagements", 'F-1,"Kite, Inc.",Audit,fixed,1000.5,2026-04-01,2026-05-01', "accepted_on"),
        ("engagements", 'F-1,"Kite, Inc.",Audit,fixed,1000.5,2026-04-01,', "accepted_on"),
        ("sessions", "S-1,E-1,amy,2026-04-06,4,151", "rate_u"),
        ("sessions", "S-1,F-1,amy,2026-04-06,4,150", "engagement"),
    ],
)
def test_any_other_difference_is_refused(file: str, row: str, column: str, sound: Path, tmp_path: Path) -> None:
    (problem,) = refused(tmp_path / "other", **{file: [row]})
    assert problem.startswith(f"{file}.csv:2: {column}: ")


def test_nothing_is_added_to_what_was_accepted(sound: Path, tmp_path: Path) -> None:
    (problem,) = refused(tmp_path / "next", sessions=["X,F-1,zoe,2026-04-20,1,"])
    assert problem.startswith("sessions.csv:2: engagement: ")
    assert "2026-04-30" in problem


def test_the_week_counts_what_is_on_record(sound: Path, tmp_path: Path) -> None:
    (problem,) = refused(tmp_path / "next", sessions=["X,E-1,amy,2026-04-07,0.01,150"])
    assert problem.startswith("sessions.csv:2: hours: ")
    only(tmp_path / "free", sessions=["X,E-1,amy,2026-04-13,10,150"])
    assert Session.objects.count() == 4


def test_the_week_counts_bookings_and_reserved_hours(sound: Path, tmp_path: Path) -> None:
    amy, order = Member.objects.get(handle="amy"), Engagement.objects.get(reference="E-1")
    agenda.row(amy, starts_at=datetime(2026, 4, 14, 8, tzinfo=UTC), minutes=120)
    monday = date(2026, 4, 13)
    Retainer.objects.create(engagement=order, member=amy, weekly_centi=300, first_monday=monday, last_monday=monday)
    (problem,) = refused(tmp_path / "next", sessions=["X,F-2,amy,2026-04-15,5.5,"], engagements=[NEXT])
    assert problem.startswith("sessions.csv:2: hours: ")
    only(tmp_path / "free", sessions=["X,F-2,amy,2026-04-15,5,"], engagements=[NEXT])


def test_two_addresses_of_one_account_are_one_person(cast: Cast, tmp_path: Path) -> None:
    for name, email in (("lin", "lin@home.example"), ("otto", "otto@home.example")):
        EmailAddress.objects.create(user=cast.user(name), email=email, verified=True)
    rows = [
        "nat,Nat,LIN@home.example,,2026-05-01,,",
        "oda,Oda,otto@cast.example,,2026-05-01,,",
        "odo,Odo,otto@home.example,,2026-05-01,,",
    ]
    assert refused(tmp_path, members=rows) == [
        "members.csv:2: email: “lin” has it already",
        "members.csv:4: email: “oda” has it already",
    ]


def test_quarters_do_not_move_under_claims(sound: Path, tmp_path: Path) -> None:
    (problem,) = refused(tmp_path / "past", charter=["2026-01-01,quarter.first_month,3"])
    assert problem.startswith("charter.csv:2: effective_on: the record has claims up to 2026-05-14, which count in")
    only(tmp_path / "next", charter=["2027-01-01,quarter.first_month,3"])
    only(tmp_path / "next", charter=["2027-01-01,quarter.first_month,3"])


def test_the_last_day_of_the_calendar_is_a_day(sound: Path, tmp_path: Path) -> None:
    write(tmp_path / "late", {"sessions.csv": ["Z,E-1,amy,9999-12-31,1,150"]})
    assert import_records(tmp_path / "late", at=AT)[-1].new == 1


def test_a_draft_keeps_its_reference(sound: Path, tmp_path: Path) -> None:
    amy = Member.objects.get(handle="amy")
    Claim.objects.create(reference="D-1", member=amy, worked_on=date(2026, 4, 9), hours_centi=100, quarter="2026-Q2")
    (problem,) = refused(tmp_path / "next", claims=["D-1,amy,2026-04-09,1,P,d,,pending,,"])
    assert problem.startswith("claims.csv:2: reference: ")


def test_what_is_in_dispute_is_not_accepted_by_an_import(sound: Path, tmp_path: Path) -> None:
    dispute = Dispute.objects.create(
        engagement=Engagement.objects.get(reference="E-1"), side="group", opened_by="test", reason="x", opened_at=AT
    )
    accepted = ["E-1,Harbor Labs,Advice,hourly,,2026-04-01,2026-05-31"]
    (problem,) = refused(tmp_path / "disputed", engagements=accepted)
    assert "is in dispute" in problem
    dispute.closed_at, dispute.closed_by = AT, "test"
    dispute.save()
    only(tmp_path / "settled", engagements=accepted)
    assert Engagement.objects.get(reference="E-1").accepted_on == date(2026, 5, 31)
    assert broken() == []


def test_the_whole_is_not_accepted_before_a_part_of_it(sound: Path, tmp_path: Path) -> None:
    engagement = Engagement.objects.get(reference="E-1")
    held = Session.objects.filter(engagement=engagement).order_by("reference")
    acceptances.accept(
        engagement=engagement, accepted_on=date(2026, 5, 20), units=[held[0].reference], by="test", at=AT
    )
    rows = "E-1,Harbor Labs,Advice,hourly,,2026-04-01,{}"
    (problem,) = refused(tmp_path / "early", engagements=[rows.format("2026-05-19")])
    assert "accepted on 2026-05-20 already" in problem
    only(tmp_path / "late", engagements=[rows.format("2026-05-31")])
    assert Acceptance.objects.filter(engagement=engagement).count() == held.count()
    assert broken() == []
