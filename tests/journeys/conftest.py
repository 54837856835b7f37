"""Stages for journeys: the application over a small group or over the demo's, with a worker where one is needed.

Read before Django is set up: what imports models is imported by the fixtures.
"""

import contextlib
import os
import subprocess
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser

from expertgroup import broker, guard, launcher
from tests import databases
from tests.journeys.mail import Mailbox
from tests.served import Served, serve

if TYPE_CHECKING:
    from tests.journeys.travel import Travel
    from tests.journeys.visitors import Stage


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser and commits."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.committed)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A journey that failed tells what everybody has before them."""
    report = yield
    if report.when == "call" and report.failed:
        from tests.journeys.visitors import Stage

        for opened in getattr(item, "funcargs", {}).values():
            if isinstance(opened, Stage):
                report.sections += [(f"what a visitor sees at {one.page.url}", one.seen()) for one in opened.visitors]
    return report


@pytest.fixture
def site(committed_db: str, served: Served, settings: Any) -> Served:
    """The application over an empty clone; links in mails lead to it."""
    settings.BASE_URL = served.url
    return served


@pytest.fixture
def travel(committed_db: str) -> "Travel":
    """The clock of this test's database; to be asked for first."""
    from tests.journeys.travel import Travel

    return Travel()


@pytest.fixture
def small(request: pytest.FixtureRequest, site: Served, chromium: Browser) -> Iterator["Stage"]:
    """The small group; `@pytest.mark.parametrize("small", [600], indirect=True)` says what was granted for hours."""
    from tests.journeys.groups import found_small
    from tests.journeys.visitors import stage

    found_small(pow_u=getattr(request, "param", 16_800))
    with stage(site.url, chromium) as opened:
        yield opened


@pytest.fixture
def demo(django_db_blocker: Any, settings: Any, chromium: Browser) -> Iterator["Stage"]:
    """The demo's group, for this test alone."""
    from tests.journeys.groups import demo_database
    from tests.journeys.visitors import stage

    with django_db_blocker.unblock():
        source = demo_database(os.environ["EXPERTGROUP_TEST_TEMPLATE"])
        with databases.clone(source), serve() as served, stage(served.url, chromium) as opened:
            settings.BASE_URL = served.url
            yield opened


@pytest.fixture
def worker(committed_db: str, tmp_path: Path) -> Iterator[Mailbox]:
    """A Celery worker with its clock, as in the demo, over this test's database; what it mails can be read."""
    folder = tmp_path / "mail"
    broker.empty(Path(os.environ["BROKER_DIR"]))
    process = subprocess.Popen(
        guard.command(launcher.worker_command(), grace=10),
        stdin=subprocess.PIPE,
        cwd=launcher.PROJECT,
        env=os.environ | {"EMAIL_URL": f"filemail:///{folder}", "PYTHONWARNINGS": "ignore"},
        start_new_session=True,
    )
    with contextlib.ExitStack() as stack:
        stack.callback(process.wait)
        assert process.stdin is not None
        stack.callback(process.stdin.close)
        yield Mailbox(folder)
