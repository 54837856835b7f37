"""The chain: nothing changes, nothing is lost, every altered byte is named."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from journal.clock import database_clock
from journal.hashing import canonical, digest
from journal.models import Entry, Seal, Unsealed
from journal.selectors import broken_links, head, missing_triggers, unsealed_too_long
from journal.services import entries, sealing


def write(count: int = 3) -> list[Entry]:
    """Some entries of a short history."""
    now = database_clock()
    return [
        entries.append(actor="member:ana", verb="page.turned", subject=f"page/{n}", data={"hours": "1.5"}, at=now)
        for n in range(count)
    ]


def verify() -> tuple[int, str]:
    """Exit status and output of the command."""
    out = StringIO()
    try:
        call_command("verify", stdout=out)
    except SystemExit as stop:
        return int(str(stop.code)), out.getvalue()
    return 0, out.getvalue()


def tamper(sql: str) -> None:
    """What somebody with the owner's rights could do: switch the guards off and change a row."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute("SET session_replication_role = origin")


@pytest.mark.django_db
def test_every_entry_waits_for_its_seal_and_gets_one_number() -> None:
    written = write(3)
    assert list(Unsealed.objects.order_by("pk").values_list("pk", flat=True)) == [entry.pk for entry in written]
    assert sealing.seal() == 3
    assert [link.number for link in Seal.objects.order_by("number")] == [1, 2, 3]
    assert not Unsealed.objects.exists()
    assert list(broken_links()) == []


@pytest.mark.django_db
def test_sealing_goes_on_where_it_stopped() -> None:
    write(2)
    sealing.seal(limit=1)
    first = head()
    write(2)
    assert sealing.seal() == 3
    assert Seal.objects.get(number=2).previous == first.digest
    assert head().number == 4


@pytest.mark.django_db
def test_sealing_nothing_changes_nothing() -> None:
    assert sealing.seal() == 0
    assert head().number == 0


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["journal_entry", "journal_seal"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {0} SET digest = 'x'",
        "DELETE FROM {0}",
        "TRUNCATE {0} CASCADE",
        "UPDATE {0} SET digest = 'x' WHERE false",
    ],
)
def test_the_database_refuses_change(table: str, statement: str) -> None:
    write(1)
    sealing.seal()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


@pytest.mark.django_db
def test_an_altered_entry_is_named() -> None:
    write(3)
    sealing.seal()
    victim = Entry.objects.order_by("pk")[1]
    tamper(f'UPDATE journal_entry SET data = \'{{"hours": "9.5"}}\' WHERE id = {victim.pk}')
    assert f"journal_entry {victim.pk}: its content does not give its digest" in list(broken_links())


@pytest.mark.django_db
def test_an_altered_entry_with_its_own_digest_redone_is_still_found() -> None:
    write(3)
    sealing.seal()
    victim = Entry.objects.order_by("pk")[1]
    tamper(f"UPDATE journal_entry SET actor = 'member:eve' WHERE id = {victim.pk}")
    victim.refresh_from_db()
    from journal.rules import entry_digest

    redone = entry_digest(actor="member:eve", verb=victim.verb, subject=victim.subject, data=victim.data, at=victim.at)
    tamper(f"UPDATE journal_entry SET digest = '{redone}' WHERE id = {victim.pk}")
    assert list(broken_links()) == ["journal_seal 2: its digest does not hold"]


@pytest.mark.django_db
def test_a_removed_link_is_found() -> None:
    write(3)
    sealing.seal()
    tamper("DELETE FROM journal_seal WHERE number = 2")
    assert "journal_seal 3: number 2 is missing" in list(broken_links())


@pytest.mark.django_db
def test_an_entry_that_was_taken_out_of_the_queue_is_found() -> None:
    entry = write(1)[0]
    Unsealed.objects.all().delete()
    assert list(unsealed_too_long(database_clock())) == [f"journal_entry {entry.pk}: neither sealed nor waiting"]


@pytest.mark.django_db
def test_waiting_over_a_minute_is_found() -> None:
    entry = write(1)[0]
    now = database_clock()
    assert list(unsealed_too_long(now)) == []
    late = list(unsealed_too_long(now + timedelta(seconds=61)))
    assert late
    assert late[0].startswith(f"journal_entry {entry.pk}: waits for its seal")


@pytest.mark.django_db
def test_a_missing_guard_is_found() -> None:
    assert list(missing_triggers()) == []
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE journal_entry DISABLE TRIGGER journal_entry_append_only")
    assert list(missing_triggers()) == ["journal_entry: the trigger that refuses change is missing or switched off"]


def test_canonical_form_is_fixed() -> None:
    assert canonical({"b": 1, "a": ["e\u0301", True, None]}) == '{"a":["é",true,null],"b":1}'.encode()
    with pytest.raises(TypeError):
        canonical({"hours": 1.5})
    assert digest("entry", {}) != digest("seal", {})


def test_verify_says_ok_and_then_names_the_row(committed_db: str) -> None:
    write(2)
    sealing.seal()
    status, text = verify()
    assert status == 0, text
    assert "BROKEN" not in text
    tamper("UPDATE journal_entry SET verb = 'page.torn'")
    status, text = verify()
    assert status == 1
    assert "BROKEN journal chain" in text
