"""People in front of the application: each with a browser of their own, on a desk or with a phone."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, ConsoleMessage, Page, Response, expect

from tests.browser import WAIT_MS
from tests.cast import PASSWORD
from tests.journeys import barriers

# Kept apart from the console: a policy violation counts whatever the browser writes about it.
WATCH = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.effectiveDirective} refused ${event.blockedURI} in ${event.sourceFile}`));
"""
# What a page may answer with a refusal; a style, script or picture may not.
ANSWERS = ("document", "xhr", "fetch")


@dataclass(frozen=True)
class Device:
    """What somebody looks through: a width in CSS pixels, a language, with or without scripts."""

    width: int
    language: str = "en-GB"
    scripts: bool = True
    scheme: str = "light"

    @property
    def height(self) -> int:
        """In CSS pixels."""
        return 900 if self.width > 600 else 844

    def __str__(self) -> str:
        """Names a test's parameters."""
        return f"{self.width}-{self.language}{'' if self.scripts else '-without-scripts'}"


DESK = Device(1280)
PHONE = Device(390)


class Visitor:
    """One person's browser. Script errors, policy violations and missing files are kept in `trouble`."""

    def __init__(self, browser: Browser, root: str, device: Device) -> None:
        self.device = device
        self.root = root
        self.trouble: list[str] = []
        self.context = browser.new_context(
            base_url=root,
            viewport={"width": device.width, "height": device.height},
            locale=device.language,
            java_script_enabled=device.scripts,
            color_scheme="dark" if device.scheme == "dark" else "light",
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(WAIT_MS)
        if device.scripts:
            self.context.add_init_script(WATCH)
        self.context.on("console", self._heard)
        self.context.on("weberror", lambda error: self.trouble.append(str(error.error)))
        self.context.on("response", self._answered)
        self.page: Page = self.context.new_page()

    def _heard(self, message: ConsoleMessage) -> None:
        # "Failed to load resource" repeats a status: `_answered` says of what.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.trouble.append(f"{self.page.url}: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.request.resource_type not in ANSWERS:
            self.trouble.append(f"{response.url} answers {response.status}")
        if response.status >= 500:
            self.trouble.append(f"{response.url} broke")

    def open(self, path: str, *, status: int = 200) -> Page:
        """Goes to a path of the site, which answers with this status; the page."""
        response = self.page.goto(path)
        assert response is not None
        assert response.status == status, f"{path} answers {response.status}"
        return self.page

    def sign_in(self, email: str, *, password: str = PASSWORD, then: str = "/") -> Page:
        """Signs in on the sign-in page, by address and password, and lands on `then`."""
        page = self.open(f"/accounts/login/?next={then}")
        page.locator("[name=login]").fill(email)
        page.locator("[name=password]").fill(password)
        page.locator("main form button[data-kind=primary]").click()
        expect(page).to_have_url(self.root + then)
        return page

    def fits(self) -> None:
        """Nothing is wider than the screen, the page speaks this visitor's language; on a desk axe finds nothing.

        For the states that no address leads to: refused forms, receipts, what a script has swapped.
        """
        # A click may have left a page that is still being torn down.
        self.page.wait_for_load_state()
        width = self.page.locator("html").evaluate("page => page.scrollWidth")
        assert width <= self.device.width, f"{self.page.url} is {width} px wide on {self.device.width}"
        language = "zh-Hans" if self.device.language.startswith("zh") else "en"
        expect(self.page.locator("html")).to_have_attribute("lang", language)
        expect(self.page.locator("h1")).to_have_count(1)
        if self.device == DESK:
            found = barriers.here(self.page)
            assert not found, barriers.told(found)

    def seen(self) -> str:
        """The text of the page."""
        return self.page.locator("body").inner_text(timeout=1000)

    def close(self) -> None:
        """Closes the browser."""
        self.context.close()


@dataclass
class Stage:
    """The application at `url`, and everybody who came to see it."""

    url: str
    browser: Browser
    visitors: list[Visitor] = field(default_factory=list)

    def visitor(self, device: Device = DESK) -> Visitor:
        """Somebody new in front of the first page."""
        self.visitors.append(Visitor(self.browser, self.url, device))
        return self.visitors[-1]

    def signed_in(self, email: str, device: Device = DESK, *, then: str = "/") -> Visitor:
        """Somebody who has signed in."""
        visitor = self.visitor(device)
        visitor.sign_in(email, then=then)
        return visitor


@contextmanager
def stage(url: str, browser: Browser) -> Iterator[Stage]:
    """The application for a test; at the end nobody has met an error that they were not looking for."""
    opened = Stage(url, browser)
    try:
        yield opened
    finally:
        for visitor in opened.visitors:
            visitor.close()
    trouble = [line for visitor in opened.visitors for line in visitor.trouble]
    assert not trouble, "\n".join(trouble)
