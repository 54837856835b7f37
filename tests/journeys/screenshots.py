"""Takes the pictures of docs/screenshots/ from a demo of its own: `make screenshots`."""

import contextlib
import os
import socket
import struct
import subprocess
import sys
import time
import urllib.request
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from expertgroup import launcher
from expertgroup.embedded import temporary_home
from tests.browser import ARGUMENTS, MISSING, find_chromium

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
WIDTHS = (1280, 390)
# What is further down is cut off: a picture shows a page, it does not replace it.
TALLEST = 1320
LARGEST_BYTES = 300_000
START_SECONDS = 240
NEWEST_RUN = "tr:has(.badge[data-tone=ok]) a[href*=months]"


@dataclass(frozen=True)
class Picture:
    """Who looks at what; `link` is followed from there, `unfold` opens the first of these."""

    name: str
    who: str
    path: str
    link: str = ""
    unfold: str = ""
    schemes: tuple[str, ...] = ("light",)


PICTURES = (
    Picture("front", "", "/"),
    Picture("sign-in", "", "/accounts/login/"),
    Picture("today", "leader", "/", schemes=("light", "dark")),
    Picture("proposal", "leader", "/proposals/", link="main h3 a"),
    Picture("claims", "leader", "/claims/", schemes=("light", "dark")),
    Picture("apply", "applicant", "/apply/experience/"),
    Picture("treasury", "member", "/treasury/"),
    # The newest month that was run.
    Picture(
        "month", "member", "/treasury/", link="tr:has(.badge[data-tone=ok]) a[href*=months]", unfold="#lines details"
    ),
    Picture("expert", "", "/experts/marek/"),
    Picture("client", "client", "/client/"),
    Picture("engagement", "client", "/engagements/", link="main a[href^='/engagements/']"),
    Picture("charter", "", "/charter/"),
    Picture("admin", "treasurer", "/admin/treasury/transfer/"),
)


@contextlib.contextmanager
def demo() -> Iterator[str]:
    """A demo in a folder of its own; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with temporary_home("pictures") as home:
        inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        process = subprocess.Popen(
            [sys.executable, "-m", "expertgroup.launcher"],
            cwd=launcher.PROJECT,
            env=inherited | {"DEMO_HOME": str(home), "PORT": str(port)},
        )
        try:
            await_answer(f"http://127.0.0.1:{port}/healthz", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def await_answer(url: str, process: subprocess.Popen[bytes]) -> None:
    """Returns when the demo answers."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):  # noqa: S310
            return
        time.sleep(0.2)
    raise SystemExit("The demo did not start: see its lines above.")


def open_page(browser: Browser, root: str, picture: Picture, width: int, scheme: str, language: str) -> Page:
    """The page as one person sees it, in a browser of their own."""
    page = browser.new_context(
        base_url=root,
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        locale=language,
        reduced_motion="reduce",
    ).new_page()
    if picture.who:
        page.goto("/demo/")
        page.locator(f"form:has([value={picture.who}]) button").click()
    page.goto(picture.path)
    if picture.link:
        page.goto(page.locator(picture.link).first.get_attribute("href") or "")
    if picture.unfold:
        page.locator(picture.unfold).first.evaluate("each => { each.open = true; }")
    tall = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
    page.set_viewport_size({"width": width, "height": tall})
    return page


def packed(png: bytes) -> bytes:
    """The same picture, compressed as well as the format allows."""
    place, parts, pixels = 8, [png[:8]], b""
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        kind, body = png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        place += length + 12
        if kind == b"IDAT":
            pixels += body
            continue
        if kind == b"IEND":
            parts.append(chunk(b"IDAT", zlib.compress(zlib.decompress(pixels), 9)))
        parts.append(chunk(kind, body))
    return b"".join(parts)


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG file."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def take(browser: Browser, root: str) -> Iterator[Path]:
    """Every picture in its widths, schemes and languages; the dark ones in English only."""
    for picture in PICTURES:
        for width in WIDTHS:
            for scheme in picture.schemes:
                for language in ("en-GB", "zh-CN") if scheme == "light" else ("en-GB",):
                    page = open_page(browser, root, picture, width, scheme, language)
                    path = FOLDER / f"{picture.name}-{width}-{scheme}-{language[:2]}.png"
                    path.write_bytes(packed(page.screenshot()))
                    page.context.close()
                    yield path


def main() -> int:
    """1 if a picture is larger than it should be."""
    program = find_chromium()
    if program is None:
        raise SystemExit(MISSING)
    FOLDER.mkdir(parents=True, exist_ok=True)
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with demo() as root, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=[*ARGUMENTS, *sandbox])
        taken = list(take(browser, root))
        browser.close()
    large = [path.name for path in taken if path.stat().st_size > LARGEST_BYTES]
    sys.stdout.write(
        f"{len(taken)} pictures\n" + "".join(f"larger than {LARGEST_BYTES} bytes: {name}\n" for name in large)
    )
    return 1 if large else 0


if __name__ == "__main__":
    sys.exit(main())
