"""One PostgreSQL a run, one database a worker, one clone for each test that commits; a browser for the journeys."""

import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import hypothesis
import pytest

from expertgroup import embedded
from tests import databases
from tests.served import Served, serve

pytest_plugins = ["tests.browser"]
# Fixtures that import models: read after Django is set up.
LATE_PLUGINS = ["tests.cast"]

# A slow machine is no finding: speed is what `make bench` measures. Every run has the same examples, torture others.
SLOW = [hypothesis.HealthCheck.too_slow]
hypothesis.settings.register_profile("torture", deadline=None, suppress_health_check=SLOW)
hypothesis.settings.register_profile(
    "house", deadline=None, suppress_health_check=SLOW, derandomize=True, database=None
)
hypothesis.settings.load_profile("house")

# The embedded server, or nothing when DATABASE_URL names one; closed at the end of the run.
_resources = contextlib.ExitStack()
# Set for the run whatever the shell says; the tests decide for themselves about Redis, demo and HTTPS.
CLEARED = (
    "DEMO",
    "DEMO_BIND",
    "DEBUG",
    "REDIS_URL",
    "MIGRATE_DATABASE_URL",
    "HTTPS",
    "EMAIL_URL",
    "BASE_URL",
    "BEHIND_PROXY",
)


def pytest_configure(config: pytest.Config) -> None:
    """Gives this process its database before Django's settings are read (pytest-django's own hook comes last)."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    torture = "torture" in str(config.getoption("-m")).replace("not torture", "")
    if torture:
        hypothesis.settings.load_profile("torture")
    _environment(worker or "main")
    if worker is None:
        # A clone waits for the disk otherwise, twenty times as long; torture is for servers as they are.
        _make_template(durable=torture)
    template = os.environ["EXPERTGROUP_TEST_TEMPLATE"]
    own = databases.with_database(template, f"{databases.database_of(template)}_{worker or 'main'}")
    os.environ["DATABASE_URL"] = databases.create(own, template=databases.database_of(template))
    _resources.callback(databases.drop, own)
    _use_test_settings()
    for plugin in LATE_PLUGINS:
        config.pluginmanager.import_plugin(plugin)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Drops this process's databases and stops the server that it started."""
    with contextlib.suppress(ImportError):
        from django.db import connections

        connections.close_all()
    _resources.close()


def _environment(worker: str) -> None:
    for name in CLEARED:
        os.environ.pop(name, None)
    scratch = tempfile.mkdtemp(prefix=f"eg-broker-{worker}-")
    _resources.callback(shutil.rmtree, scratch, ignore_errors=True)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "expertgroup.settings",
        "SECRET_KEY": secrets.token_hex(),
        "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
        "BROKER_DIR": scratch,
        # One folder for all workers: the demo's files are written by the one that builds it.
        "MEDIA_ROOT": os.environ.get("EXPERTGROUP_TEST_MEDIA", f"{scratch}/media"),
        "LOG_LEVEL": "WARNING",
        # Playwright's loop runs in the thread that also asks the database.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
    }


def _make_template(*, durable: bool) -> None:
    """Starts the server unless one is named, migrates the template in it, tells the workers where it is."""
    server = os.environ.get("TEST_DATABASE_URL") or os.environ.get("DATABASE_URL")
    if not server:
        home = _resources.enter_context(embedded.temporary_home("test", in_memory=not durable))
        server = _resources.enter_context(embedded.running(home, durable=durable))
    template = databases.with_database(server, f"eg_{os.getpid()}")
    os.environ["DATABASE_URL"] = databases.create(template)
    _resources.callback(databases.drop, template)
    # Made by whichever worker needs it first, if any does.
    _resources.callback(databases.drop, databases.demo_of(template))
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    call_command("compile_catalogue")
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    connections["default"].close()
    os.environ["EXPERTGROUP_TEST_TEMPLATE"] = template
    os.environ["EXPERTGROUP_TEST_MEDIA"] = os.environ["MEDIA_ROOT"]


def _use_test_settings() -> None:
    from django.conf import settings
    from django.db import connections

    django.setup()
    name = databases.database_of(os.environ["DATABASE_URL"])
    settings.DATABASES["default"]["NAME"] = name
    connections.settings["default"]["NAME"] = name
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Served from where they lie: no collectstatic before each run (test_ground.py runs it once, strictly).
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.WHITENOISE_USE_FINDERS = True
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """Nothing to do: the worker's database is a clone of the migrated template."""


@pytest.fixture
def committed_db(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[str]:
    """For tests that commit (threads, processes, browsers): a private clone as the default database; its URL."""
    if "db" in request.fixturenames:
        pytest.fail("committed_db stands alone: the db fixture's transaction would be in another database")
    with databases.clone() as url, django_db_blocker.unblock():
        yield url


@pytest.fixture
def served(committed_db: str) -> Iterator[Served]:
    """The real WSGI application on a loopback port, over a clone; ``served.url`` has no slash at the end."""
    with serve() as server:
        yield server


@pytest.fixture
def scratch_broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as BROKER_DIR for processes that the test starts."""
    monkeypatch.setenv("BROKER_DIR", str(tmp_path / "broker"))
    return tmp_path / "broker"


@pytest.fixture
def cast(db: None) -> Any:
    """The cast of tests/cast.py, in the test's transaction."""
    from tests.cast import assemble

    return assemble()
