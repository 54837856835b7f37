"""/healthz and the probes of the containers."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from expertgroup import backlog, probe
from tests.served import Served

DUE = """
INSERT INTO journal_job (kind, key, params, requested_by, due_at, fence, attempts, done, total, error, {extra})
VALUES ('test.kind', '{key}', '{{}}', 'test', now() - interval '{minutes} minutes', 0, 0, 0, 0, '', {value})
"""


def job(*, key: str, minutes: int, extra: str = "lease_until", value: str = "NULL") -> None:
    with connection.cursor() as cursor:
        cursor.execute(DUE.format(key=key, minutes=minutes, extra=extra, value=value))


@pytest.mark.django_db
def test_it_says_that_the_database_answers(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()["database"], response.json()["worker"]) == (200, "ok", "on time")


@pytest.mark.django_db
def test_it_asks_one_question_and_nobody_s_session(
    client: Client, django_assert_num_queries: Callable[[int], Any]
) -> None:
    with django_assert_num_queries(1):
        client.get("/healthz")


@pytest.mark.django_db
def test_work_that_nobody_does_is_seen(client: Client) -> None:
    job(key="held", minutes=30, value="now() + interval '1 minute'")
    job(key="finished", minutes=30, extra="finished_at", value="now()")
    job(key="given-up", minutes=30, extra="parked_at", value="now()")
    job(key="later", minutes=-30)
    assert client.get("/healthz").json() == {
        "database": "ok", "worker": "on time", "oldest_due_seconds": 0.0, "parked": 1,
    }  # fmt: skip
    job(key="waits", minutes=3)
    assert client.get("/healthz").json()["worker"] == "late"
    assert client.get("/healthz").status_code == 200
    with pytest.raises(TimeoutError, match="180 s"):
        probe.backlog()


def test_without_a_database_it_is_ill(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable() -> float:
        raise OperationalError

    monkeypatch.setattr("expertgroup.views.health.backlog", unreachable)
    assert client.get("/healthz").status_code == 503
    assert backlog.LATE_SECONDS < 300


def test_the_probe_asks_as_the_proxy_would(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    assert probe.main(["web", f"{served.url}/healthz"]) == 0
    assert "ok" in capsys.readouterr().out
    assert probe.main(["web", f"{served.url}/nothing-here"]) == 1
    assert probe.main(["backlog"]) == 0
