"""Calendars and servers of elsewhere: what the readers of calendars meet."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[[BaseHTTPRequestHandler], None]


def calendar(*events: str) -> bytes:
    """A calendar with these events, each the lines of one."""
    blocks = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//elsewhere//EN\n{blocks}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def ok(content: bytes, **headers: str) -> Answer:
    """Answers with a body."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(content)

    return answer


def sends_to(location: str) -> Answer:
    """Answers that the calendar is elsewhere."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(302)
        request.send_header("Location", location)
        request.end_headers()

    return answer


def missing(request: BaseHTTPRequestHandler) -> None:
    """Nothing is here."""
    request.send_error(404)


class Server:
    """What was asked, and what is answered at each path."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.headers: list[dict[str, str]] = []
        self.port = 0


@contextmanager
def listening() -> Iterator[Server]:
    """A server on this machine's own address; ended with the block."""
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked.append((self.path, self.headers["Host"]))
            server.headers.append({name.lower(): value for name, value in self.headers.items()})
            server.answers.get(self.path, missing)(self)

        def log_message(self, *_words: object) -> None:
            pass

    found = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.daemon_threads = True
    server.port = found.server_port
    threading.Thread(target=found.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server
    finally:
        found.shutdown()
        found.server_close()
