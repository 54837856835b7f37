"""Getting a calendar from the internet, from the very address that was checked (threat 30). No database in here."""

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

import httpx
from django.conf import settings

from consulting.models import BusyFeed
from consulting.refusals.feeds import AddressClosed, AddressUnreadable
from consulting.rules import addresses
from consulting.rules.busy import Span

SECONDS = 10
CONNECT_SECONDS = 3
BYTES_MOST = 2_000_000
REDIRECTS_MOST = 3
ADDRESSES_MOST = 4
READ_SECONDS = 20
Problem = BusyFeed.Problem


class Unfetched(Exception):
    """Why a calendar could not be had; no word of its address, which is a secret."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.value)


@dataclass(frozen=True)
class Fetched:
    """The calendar's bytes, None when the server says that it is what it was; `etag` to ask so the next time."""

    content: bytes | None
    etag: str


def fetch(url: str, etag: str = "") -> Fetched:
    """What is at an address of the open internet, in ten seconds in all and up to 2 MB. Raises Unfetched."""
    try:
        # In a thread of its own: whoever calls may have a loop running in theirs.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, _in_time(url, etag)).result()
    except (TimeoutError, httpx.TimeoutException):
        raise Unfetched(Problem.SLOW) from None
    except (AddressClosed, AddressUnreadable):
        raise Unfetched(Problem.ADDRESS) from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError):
        raise Unfetched(Problem.UNREACHABLE) from None


async def resolve(host: str, port: int) -> list[str]:
    """Every address of a name, once."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in found))


async def _in_time(text: str, etag: str) -> Fetched:
    async with asyncio.timeout(SECONDS):
        url = addresses.place(text)
        for _hop in range(REDIRECTS_MOST + 1):
            async with _asked(url, etag) as response:
                if not response.has_redirect_location:
                    return await _taken(response, etag)
                # Checked anew like the first: its name is resolved, its addresses are looked at.
                url = addresses.place(str(url.join(response.headers["Location"])))
        raise Unfetched(Problem.REDIRECTS)


@asynccontextmanager
async def _asked(url: httpx.URL, etag: str) -> AsyncIterator[httpx.Response]:
    """The answer of the first address that takes the connection; the body is not read yet.

    The name is resolved once and the connection goes to what was found: a second answer of the name server is never
    asked for. The certificate is still that of the name.
    """
    host = url.raw_host.decode()
    port = url.port or (443 if url.scheme == "https" else 80)
    found = await resolve(host, port)
    if not found or not all(addresses.is_public(address) for address in found):
        raise Unfetched(Problem.ADDRESS)
    headers = {"Host": url.netloc.decode(), "Accept": "text/calendar", "Accept-Encoding": "identity"}
    if etag:
        headers["If-None-Match"] = etag
    timeout = httpx.Timeout(SECONDS, connect=CONNECT_SECONDS)
    # No proxy and no password of the machine's environment, no cookie from one hop to the next.
    async with httpx.AsyncClient(trust_env=False, timeout=timeout) as client:
        response = await _first(client, url, found[:ADDRESSES_MOST], headers, host)
        try:
            yield response
        finally:
            await response.aclose()


async def _first(
    client: httpx.AsyncClient, url: httpx.URL, found: Sequence[str], headers: dict[str, str], host: str
) -> httpx.Response:
    for number, address in enumerate(found, 1):
        request = client.build_request(
            "GET", url.copy_with(host=address), headers=headers, extensions={"sni_hostname": host}
        )
        try:
            return await client.send(request, stream=True, follow_redirects=False)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            if number == len(found):
                raise
    raise Unfetched(Problem.UNREACHABLE)


async def _taken(response: httpx.Response, etag: str) -> Fetched:
    if etag and response.status_code == HTTPStatus.NOT_MODIFIED:
        return Fetched(None, etag)
    # What is packed could be a thousand times as large; we asked for it as it is.
    if response.status_code != HTTPStatus.OK or response.headers.get("Content-Encoding", "identity") != "identity":
        raise Unfetched(Problem.ANSWER)
    content = bytearray()
    async for chunk in response.aiter_raw():
        content += chunk
        if len(content) > BYTES_MOST:
            raise Unfetched(Problem.LARGE)
    return Fetched(bytes(content), response.headers.get("ETag", "")[:200])


def read(content: bytes, *, zone: str, first: datetime, last: datetime, own: str) -> list[Span]:
    """The busy times of a calendar (`rules.busy`), worked out in a process of its own, which can be ended.

    It has no secret in its environment, ten seconds of computing and half a gigabyte. Raises Unfetched.
    """
    asked = {"zone": zone, "first": int(first.timestamp()), "last": int(last.timestamp()), "own": own}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "consulting.rules.busy"],
            input=json.dumps(asked).encode() + b"\n" + content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=settings.BASE_DIR,
            env={},
            timeout=READ_SECONDS,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        raise Unfetched(Problem.UNREADABLE) from None
    found = json.loads(done.stdout)
    if isinstance(found, str):
        raise Unfetched(Problem(found))
    return [(start, end) for start, end in found]
