"""docker-compose.yml and the Dockerfile, as far as they can be held without an engine."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
SERVICES = ("postgres", "redis", "migrate", "web", "worker", "beat")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
    return parsed


def validate(file: Path) -> int:
    program = Path(sys.executable).with_name("check-jsonschema")
    command = [str(program), "--builtin-schema", "vendor.compose-spec", str(file)]
    return subprocess.run(command, capture_output=True, check=False).returncode


def test_it_keeps_the_compose_specification(tmp_path: Path) -> None:
    assert validate(PROJECT / "docker-compose.yml") == 0
    # The control: a misspelt key is seen.
    misspelt = tmp_path / "docker-compose.yml"
    misspelt.write_text((PROJECT / "docker-compose.yml").read_text().replace("healthcheck:", "healthchek:"))
    assert validate(misspelt) != 0


def test_every_part_is_there_and_tells_its_health(compose: dict[str, Any]) -> None:
    assert sorted(compose["services"]) == sorted(SERVICES)
    # The migration is over when it has ended well; all else must say how it is.
    assert {name for name, service in compose["services"].items() if "healthcheck" not in service} == {"migrate"}


def test_nothing_starts_before_the_tables_are_there(compose: dict[str, Any]) -> None:
    for name in ("web", "worker", "beat"):
        waits = compose["services"][name]["depends_on"]
        assert waits["migrate"] == {"condition": "service_completed_successfully"}
        assert waits["redis"] == {"condition": "service_healthy"}
    assert compose["services"]["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}


def test_redis_keeps_what_it_has(compose: dict[str, Any]) -> None:
    command = compose["services"]["redis"]["command"]
    assert command[command.index("--appendonly") + 1] == "yes"
    assert command[command.index("--maxmemory-policy") + 1] == "noeviction"


def test_only_the_migration_knows_the_owner(compose: dict[str, Any]) -> None:
    for name in ("web", "worker", "beat"):
        environment = compose["services"][name]["environment"]
        assert "expertgroup_runtime" in environment["DATABASE_URL"]
        assert "POSTGRES_PASSWORD" not in str(environment)
        assert "MIGRATE_DATABASE_URL" not in environment
    assert "expertgroup_owner" in compose["services"]["migrate"]["environment"]["MIGRATE_DATABASE_URL"]


def test_no_secret_has_a_default(compose: dict[str, Any]) -> None:
    text = (PROJECT / "docker-compose.yml").read_text()
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "RUNTIME_PASSWORD"):
        used = re.findall(rf"\${{{name}[^}}]*}}", text)
        assert used
        assert all(each.startswith(f"${{{name}:?") for each in used)


def test_only_loopback_is_published(compose: dict[str, Any]) -> None:
    published = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}
    assert published == {"web": ["127.0.0.1:8000:8000"]}


def test_the_image_runs_without_rights_and_installs_by_hash() -> None:
    lines = (PROJECT / "Dockerfile").read_text()
    stages = re.split(r"^FROM ", lines, flags=re.MULTILINE)[1:]
    assert len(stages) == 2
    assert "--require-hashes" in stages[0]
    assert re.search(r"^USER 10001:10001$", stages[1], flags=re.MULTILINE)
    assert "pip install" not in stages[1]
