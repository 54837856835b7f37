"""The commands of docker-compose.yml run as processes, in their order, and their health checks say so."""

import re
import shlex
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from tests import databases
from tests.bench.web import free_port
from tests.ground.processes import eventually

PROJECT = Path(__file__).resolve().parents[2]
SERVICES: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())["services"]
Start = Callable[[Sequence[str], Mapping[str, str]], subprocess.Popen[bytes]]


def health(name: str, environment: Mapping[str, str]) -> Callable[[], bool]:
    """A service's health check as a question."""
    kind, *words = SERVICES[name]["healthcheck"]["test"]
    # Compose writes $$ for one dollar sign.
    argv = ["sh", "-c", words[0].replace("$$", "$")] if kind == "CMD-SHELL" else words

    def well() -> bool:
        done = subprocess.run(argv, cwd=PROJECT, env=dict(environment), capture_output=True, check=False)
        return done.returncode == 0

    return well


def command(name: str) -> list[str]:
    return [word.replace("$$", "$") for word in SERVICES[name]["command"]]


def test_migrate_makes_the_tables_and_the_serving_role(production: dict[str, str], committed_db: str) -> None:
    fresh = databases.create(databases.with_database(committed_db, f"{databases.database_of(committed_db)}_empty"))
    role = "eg_serving_compose"
    shell, flags, script = command("migrate")
    words = script.replace("expertgroup_runtime", role)
    try:
        environment = production | {"MIGRATE_DATABASE_URL": fresh}
        done = subprocess.run(
            [shell, flags, words], cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        with databases.connect(fresh) as session:
            session.execute(f"SET ROLE {role}")
            assert session.execute("SELECT count(*) FROM django_migrations").fetchone() != (0,)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute("DELETE FROM journal_entry")
    finally:
        with databases.connect(fresh) as session:
            session.execute(f"DROP OWNED BY {role}")
            session.execute(f"DROP ROLE {role}")
        databases.drop(fresh)


def test_web_answers_its_health_check(production: dict[str, str], start: Start, tmp_path: Path) -> None:
    environment = production | {"STATIC_ROOT": str(tmp_path)}
    collected = ["python", "manage.py", "collectstatic", "--noinput", "--verbosity=0"]
    subprocess.run(collected, cwd=PROJECT, env=environment, check=True)
    port = free_port()
    argv = [word.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for word in command("web")]
    well = health("web", environment)
    assert not well()
    start(argv, environment)
    probe = [*SERVICES["web"]["healthcheck"]["test"][1:], f"http://127.0.0.1:{port}/healthz"]

    def answers() -> bool:
        return subprocess.run(probe, cwd=PROJECT, env=environment, capture_output=True, check=False).returncode == 0

    assert eventually(answers, seconds=30)


def test_worker_answers_its_health_check(production: dict[str, str], start: Start) -> None:
    argv = [word.replace("%h", production["HOSTNAME"]) for word in command("worker")]
    start(argv, production)
    assert eventually(health("worker", production), seconds=60)


def test_beat_runs_and_late_work_is_its_illness(
    production: dict[str, str], committed_db: str, start: Start, tmp_path: Path
) -> None:
    process = start([word.replace("/tmp", str(tmp_path)) for word in command("beat")], production)  # noqa: S108
    well = health("beat", production)
    assert well()
    assert process.poll() is None
    with databases.connect(committed_db) as session:
        session.execute(
            "INSERT INTO journal_job (kind, key, params, requested_by, due_at, fence, attempts, done, total, error)"
            " VALUES ('nobody.does', 'x', '{}', 'test', now() - interval '10 minutes', 0, 0, 0, 0, '')"
        )
    assert not well()


def test_every_command_that_is_started_is_one_of_ours() -> None:
    commands = [shlex.join(command(name)) for name in ("migrate", "web", "worker", "beat")]
    assert all(re.search(r"manage\.py|expertgroup", each) for each in commands)
