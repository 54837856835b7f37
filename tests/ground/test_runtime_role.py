"""Two roles in production: the one that serves adds to append-only tables and cannot change them."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import connection

from expertgroup import checks, runtime_role
from journal import appendonly
from tests import databases

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def serving(committed_db: str) -> Iterator[str]:
    """The URL of the clone for a role that serves."""
    role, password = f"eg_serving_{secrets.token_hex(4)}", secrets.token_hex()
    runtime_role.create(role, password)
    runtime_role.grant(role)
    parts = urlsplit(committed_db)
    place = parts.netloc.rpartition("@")[2]
    yield urlunsplit(parts._replace(netloc=f"{role}:{password}@{place}"))
    with connection.cursor() as cursor:
        cursor.execute(f"DROP OWNED BY {role}")
        cursor.execute(f"DROP ROLE {role}")


@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_no_append_only_table_can_be_changed(serving: str, statement: str) -> None:
    assert appendonly.TABLES
    with databases.connect(serving) as session:
        for table in sorted(appendonly.TABLES):
            column = session.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s LIMIT 1", [table]
            ).fetchone()
            assert column
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
                session.execute(statement.format(table, column[0], column[0]))


def test_it_can_serve(serving: str) -> None:
    with databases.connect(serving) as session:
        session.execute(
            "INSERT INTO journal_entry (at, actor, verb, subject, data, digest)"
            " VALUES (now(), 'test', 'test.said', 'x', '{}', repeat('0', 64))"
        )
        session.execute("DELETE FROM django_session")
        session.execute("SELECT 1 FROM django_migrations")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute("CREATE TABLE own (id int)")


def test_making_it_twice_changes_the_password_only(serving: str) -> None:
    role = urlsplit(serving).username
    assert role
    runtime_role.create(role, "another")
    assert runtime_role.grant(role) == len(appendonly.TABLES) + 1


@pytest.mark.django_db
def test_one_role_for_everything_is_warned_of() -> None:
    (warning,) = checks.check_roles(None)
    assert warning.id == "expertgroup.W001"


def test_the_deploy_check_is_clean_in_production(serving: str) -> None:
    production = {
        "DATABASE_URL": serving,
        "SECRET_KEY": secrets.token_urlsafe(60),
        "ALLOWED_HOSTS": "group.example",
        "BASE_URL": "https://group.example",
        "BEHIND_PROXY": "1",
        "EMAIL_URL": "smtp://mail.example:25",
        "PATH": os.environ["PATH"],
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=PROJECT,
        env=production,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
