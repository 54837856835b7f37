"""A calendar's address cannot lead us to what is not public: by its shape, its name's addresses, a redirect (30)."""

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import httpx
import pytest

from consulting.rules import addresses
from consulting.services import fetching
from consulting.services.fetching import Unfetched, fetch
from tests.consulting.strangers import Server, calendar, listening, ok, sends_to

CALENDAR = calendar("UID:1\nDTSTART:20261124T090000Z\nDURATION:PT1H")
# Names as somebody else's name server could answer them.
NAMES = {
    "metadata.example": ["169.254.169.254"],
    "inside.example": ["10.0.0.8"],
    "shared.example": ["100.64.0.1"],
    "nat64.example": ["64:ff9b::7f00:1"],
    "mapped.example": ["::ffff:10.0.0.1"],
    "one-of-two.example": ["93.184.215.14", "127.0.0.1"],
    "six-of-two.example": ["93.184.215.14", "fd00::1"],
    "scoped.example": ["fe80::1%lo"],
    "nowhere.example": [],
    "odd.example": ["not an address"],
}
HOSTILE = [
    "http://127.0.0.1/a.ics",
    "http://127.1/a.ics",
    "http://2130706433/a.ics",
    "http://0x7f000001/a.ics",
    "http://localhost/a.ics",
    "http://localhost./a.ics",
    "http://0.0.0.0/a.ics",
    "http://0/a.ics",
    "http://10.1.2.3/a.ics",
    "http://172.16.0.1/a.ics",
    "http://192.168.1.1/a.ics",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/a.ics",
    "http://192.0.0.170/a.ics",
    "http://198.18.0.1/a.ics",
    "http://224.0.0.1/a.ics",
    "http://255.255.255.255/a.ics",
    "http://[::1]/a.ics",
    "http://[::]/a.ics",
    "http://[::ffff:127.0.0.1]/a.ics",
    "http://[::7f00:1]/a.ics",
    "http://[64:ff9b::7f00:1]/a.ics",
    "http://[64:ff9b:1::7f00:1]/a.ics",
    "http://[2002:7f00:1::]/a.ics",
    "http://[2001:0:7f00:1::]/a.ics",
    "http://[2001:db8::1]/a.ics",
    "http://[fe80::1]/a.ics",
    "http://[fd00::1]/a.ics",
    "http://[ff02::1]/a.ics",
    *(f"https://{name}/a.ics" for name in NAMES),
    # What is not asked at all, wherever it leads.
    "https://93.184.215.14:8080/a.ics",
    "https://93.184.215.14:22/a.ics",
    "https://user:word@93.184.215.14/a.ics",
    "https://93.184.215.14@127.0.0.1/a.ics",
    "http://0177.0.0.1/a.ics",
    "file:///etc/passwd",
    "ftp://93.184.215.14/a.ics",
    "gopher://127.0.0.1/_x",
    "data:text/calendar,BEGIN:VCALENDAR",
    "https:///a.ics",
    "a.ics",
    "https://93.184.215.14/a ics",
    "https://x.example/\r\nHost: evil",
    f"https://x.example/{'a' * 1000}",
]
SHAPES = HOSTILE[HOSTILE.index("https://93.184.215.14:8080/a.ics") :]


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """To which addresses a connection would have been opened; nothing leaves the house."""
    found: list[str] = []

    async def note(_client: Any, _url: Any, to: list[str], *_more: Any) -> httpx.Response:
        found.extend(to)
        raise httpx.ConnectError("noted")

    async def resolve(host: str, port: int) -> list[str]:
        if host.endswith(".example"):
            return NAMES[host]
        rows = socket.getaddrinfo(host.strip("[]."), port, type=socket.SOCK_STREAM)
        return [str(row[4][0]) for row in rows]

    monkeypatch.setattr(fetching, "_first", note)
    monkeypatch.setattr(fetching, "resolve", resolve)
    return found


@pytest.mark.parametrize("url", HOSTILE)
def test_no_connection_is_opened_to_what_is_not_public(url: str, connections: list[str]) -> None:
    with pytest.raises(Unfetched, match="address"):
        fetch(url)
    assert connections == []


def test_without_the_look_at_addresses_every_one_of_them_is_asked(
    connections: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "is_public", lambda _address: True)
    for url in HOSTILE:
        if url in SHAPES or "nowhere" in url:
            continue
        connections.clear()
        with pytest.raises(Unfetched) as failure:
            fetch(url)
        assert connections, f"{url} {failure.value}"


def test_what_is_public_is_asked(connections: list[str]) -> None:
    NAMES["public.example"] = ["93.184.215.14", "2606:4700:4700::1111"]
    for url in ("https://public.example/a.ics", "webcal://public.example/a.ics", "http://public.example:443/?a=1#x"):
        with pytest.raises(Unfetched, match="unreachable"):
            fetch(url)
    del NAMES["public.example"]
    assert connections == ["93.184.215.14", "2606:4700:4700::1111"] * 3


@pytest.mark.parametrize("address", ["192.88.99.1", "192.31.196.1", "1.1.1.1", "2001:4860::8", "2001:10::1", "fec0::1"])
def test_python_s_own_answer_is_not_the_whole_one(address: str) -> None:
    assert addresses.is_public(address) is (address in {"1.1.1.1", "2001:4860::8", "192.31.196.1"})


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server on this machine, whose address and port count as public here, and as those of every .example name."""
    with listening() as found:

        async def resolve(host: str, _port: int) -> list[str]:
            return ["127.0.0.1"] if host.endswith(".example") else [host]

        monkeypatch.setattr(fetching, "resolve", resolve)
        monkeypatch.setattr(addresses, "is_public", lambda address: address == "127.0.0.1")
        monkeypatch.setattr(addresses, "PORTS", (None, found.port))
        yield found


def test_a_calendar_is_fetched_by_its_name_from_the_address_that_was_checked(server: Server) -> None:
    server.answers["/a.ics?key=1"] = ok(CALENDAR, ETag='"1"')
    got = fetch(f"http://cal.example:{server.port}/a.ics?key=1")
    assert (got.content, got.etag) == (CALENDAR, '"1"')
    assert server.asked == [("/a.ics?key=1", f"cal.example:{server.port}")]
    assert not {"cookie", "authorization", "if-none-match"} & server.headers[0].keys()
    assert server.headers[0]["accept-encoding"] == "identity"


def unchanged(request: BaseHTTPRequestHandler) -> None:
    request.send_response(304)
    request.end_headers()


def test_what_did_not_change_is_not_sent_again(server: Server) -> None:
    server.answers["/"] = unchanged
    assert fetch(f"http://cal.example:{server.port}/", '"1"').content is None
    assert server.headers[0]["if-none-match"] == '"1"'
    with pytest.raises(Unfetched, match="answer"):
        fetch(f"http://cal.example:{server.port}/")


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/",
        "http://[::1]/",
        "//10.0.0.1/",
        "file:///etc/passwd",
        "http://cal.example:1/",
        "http://u:p@cal.example/",
    ],
)
def test_a_redirect_is_checked_like_the_first_address(server: Server, location: str) -> None:
    server.answers["/"] = sends_to(location)
    with pytest.raises(Unfetched, match="address"):
        fetch(f"http://cal.example:{server.port}/")
    assert len(server.asked) == 1


def test_three_redirects_are_followed_and_a_fourth_is_not(server: Server) -> None:
    base = f"http://cal.example:{server.port}"
    server.answers |= {f"/{number}": sends_to(f"/{number + 1}") for number in range(1, 5)} | {"/5": ok(CALENDAR)}
    assert fetch(f"{base}/2").content == CALENDAR
    with pytest.raises(Unfetched, match="redirects"):
        fetch(f"{base}/1")
    assert [path for path, _host in server.asked] == ["/2", "/3", "/4", "/5", "/1", "/2", "/3", "/4"]


def test_a_name_that_changes_its_address_is_asked_once(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first answer is public, every later one is not: who resolves again to connect is led astray."""
    answers: list[str] = []

    async def resolve(_host: str, _port: int) -> list[str]:
        answers.append("127.0.0.1" if not answers else "127.0.0.9")
        return answers[-1:]

    server.answers["/"] = ok(CALENDAR)
    monkeypatch.setattr(fetching, "resolve", resolve)
    assert fetch(f"http://cal.example:{server.port}/").content == CALENDAR
    assert answers == ["127.0.0.1"]

    answers.clear()
    first, reached = fetching._first, []

    async def by_name(client: Any, url: Any, _found: Any, headers: Any, host: str) -> httpx.Response:
        reached.extend(await fetching.resolve(host, 80))
        return await first(client, url, ["127.0.0.1"], headers, host)

    monkeypatch.setattr(fetching, "_first", by_name)
    fetch(f"http://cal.example:{server.port}/")
    assert reached == ["127.0.0.9"], "without the pin the connection goes where nobody looked"


def drip(request: BaseHTTPRequestHandler) -> None:
    """A header that never ends, a byte now and then: each comes in time."""
    with contextlib.suppress(OSError):
        for _number in range(100):
            request.wfile.write(b"X")
            request.wfile.flush()
            time.sleep(0.1)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (ok(b"x" * (fetching.BYTES_MOST + 1)), "large"),
        (ok(b"packed", Content_Encoding="gzip"), "answer"),
        (lambda request: request.send_error(500), "answer"),
        (lambda request: request.send_error(401), "answer"),
        (lambda request: request.connection.close(), "unreachable"),
        (drip, "slow"),
    ],
)
def test_what_servers_do_has_a_name(
    server: Server, monkeypatch: pytest.MonkeyPatch, answer: Callable[[Any], None], problem: str
) -> None:
    if answer is drip:
        monkeypatch.setattr(fetching, "SECONDS", 0.5)
    server.answers["/"] = answer
    begun = time.monotonic()
    with pytest.raises(Unfetched, match=problem):
        fetch(f"http://cal.example:{server.port}/")
    assert time.monotonic() - begun < 10


def test_exactly_two_megabytes_are_taken(server: Server) -> None:
    server.answers["/"] = ok(b"x" * fetching.BYTES_MOST)
    assert len(fetch(f"http://cal.example:{server.port}/").content or b"") == fetching.BYTES_MOST


def test_no_proxy_of_the_environment_is_asked(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    server.answers["/"] = ok(CALENDAR)
    assert fetch(f"http://cal.example:{server.port}/").content == CALENDAR
