"""DEMO opens one-click sign-in: on the embedded server, on loopback, on what the builder made, or not at all."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from expertgroup import checks
from expertgroup.embedded.cluster import CLUSTER_NAME

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def demo(db: None, settings: Any) -> None:
    """As the launcher has it: a loopback address, loopback names, the builder's entry as the first."""
    settings.DEMO = True
    settings.DEMO_BIND = "127.0.0.1"
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    entry(checks.DEMO_VERB)


def entry(verb: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_entry (at, actor, verb, subject, data, digest)"
            " VALUES (now(), 'test', %s, 'x', '{}', repeat('0', 64))",
            [verb],
        )


def embedded() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('cluster_name')")
        return bool(cursor.fetchone()[0] == CLUSTER_NAME)


def test_the_demo_as_it_is_built_starts(demo: None) -> None:
    if not embedded():
        pytest.skip("the tests run on a server of somebody's own")
    assert checks.demo_refusals() == []
    checks.refuse_demo()


@pytest.mark.parametrize("bind", ["0.0.0.0", "192.168.1.7", "::", "", "localhost.example"])  # noqa: S104
def test_no_address_that_others_reach(demo: None, settings: Any, bind: str) -> None:
    settings.DEMO_BIND = bind
    assert any("loopback address" in reason for reason in checks.demo_refusals())


@pytest.mark.parametrize("hosts", [[], ["*"], ["localhost", "group.example"], [".localhost.example"]])
def test_no_name_that_others_use(demo: None, settings: Any, hosts: list[str]) -> None:
    settings.ALLOWED_HOSTS = hosts
    assert any("ALLOWED_HOSTS" in reason for reason in checks.demo_refusals())


@pytest.mark.django_db
def test_no_database_that_the_builder_did_not_begin(settings: Any) -> None:
    settings.DEMO, settings.DEMO_BIND = True, "127.0.0.1"
    assert any("demo builder" in reason for reason in checks.demo_refusals())
    entry("members.founded")
    entry(checks.DEMO_VERB)
    assert any("demo builder" in reason for reason in checks.demo_refusals())


def test_no_other_server(demo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "CLUSTER_NAME", "what our own server would be called")
    assert any("embedded server" in reason for reason in checks.demo_refusals())


def test_start_up_fails_where_it_is_refused(demo: None, settings: Any) -> None:
    settings.DEMO_BIND = "0.0.0.0"  # noqa: S104
    with pytest.raises(ImproperlyConfigured, match="DEMO=1 is refused"):
        checks.refuse_demo()
    assert {message.id for message in checks.check_demo(None)} == {"expertgroup.E001"}


def test_without_demo_nothing_is_asked(settings: Any) -> None:
    # No database here: asking it would fail.
    assert settings.DEMO is False
    checks.refuse_demo()
    assert checks.check_demo(None) == []


def test_the_web_server_does_not_start(committed_db: str) -> None:
    refused = subprocess.run(
        [sys.executable, "-c", "import expertgroup.wsgi"],
        cwd=PROJECT,
        env=os.environ | {"DEMO": "1", "DEMO_BIND": "127.0.0.1", "ALLOWED_HOSTS": "localhost"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode != 0
    assert "the demo builder must have filled an empty database" in refused.stderr
