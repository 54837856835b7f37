"""Fixtures for browser tests: the system's Chromium, driven by Playwright, kept on this machine."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, expect, sync_playwright

from tests.served import Served

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OTHER_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
MISSING = "No Chromium for the browser tests: install Chromium or Google Chrome (`make browser` does where it can)."
# For a machine that does much else at the same time; what is ready is not waited for.
WAIT_MS = 30_000
expect.set_options(timeout=WAIT_MS)
ARGUMENTS = [
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Nothing but this machine has a name.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]


def find_chromium() -> str | None:
    """The path of an installed Chromium or Chrome; Ubuntu's stub for the snap does not count."""
    named = os.environ.get("CHROMIUM")
    on_path = [
        path for name in PROGRAMS if (path := shutil.which(name)) and not os.path.realpath(path).endswith("/snap")
    ]
    bundled = [place for place in OTHER_PLACES if Path(place).exists()]
    return next(iter([*([named] if named else []), *on_path, *bundled]), None)


@pytest.fixture(scope="session")
def playwright_driver() -> Iterator[Playwright]:
    """Playwright's driver for this process."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright_driver: Playwright) -> Iterator[Browser]:
    """One browser for all tests of this process."""
    program = find_chromium()
    if program is None:
        pytest.fail(MISSING)
    arguments = [*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    browser = playwright_driver.chromium.launch(executable_path=program, args=arguments)
    yield browser
    browser.close()


def listen(context: BrowserContext) -> list[str]:
    """Fills with what goes wrong in the context's pages: script errors and violations of the policy."""
    trouble: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        # "Failed to load resource" only repeats a status that the tests expect themselves.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            trouble.append(message.text)

    context.on("console", heard)
    context.on("weberror", lambda error: trouble.append(str(error.error)))
    return trouble


@pytest.fixture
def page(chromium: Browser, served: Served) -> Iterator[Page]:
    """A fresh visitor's page on the served application; the test fails on any script error or policy violation."""
    context = chromium.new_context(base_url=served.url, viewport={"width": 1280, "height": 900}, locale="en-GB")
    context.set_default_timeout(WAIT_MS)
    trouble = listen(context)
    yield context.new_page()
    context.close()
    assert trouble == []
