"""The real application behind a threaded server on a loopback port."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler


@dataclass(frozen=True)
class Served:
    """Where the application answers."""

    url: str


class _Quiet(WSGIRequestHandler):
    """No line for each request in the test's output."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        return


class _Server(ThreadedWSGIServer):
    """Ends without waiting for browsers that keep their connections open."""

    daemon_threads = True
    block_on_close = False


@contextlib.contextmanager
def serve() -> Iterator[Served]:
    """Serves Django's application, middleware and static files included, until the block ends."""
    from django.core.wsgi import get_wsgi_application

    server = _Server(("127.0.0.1", 0), _Quiet)
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Served(f"http://127.0.0.1:{server.server_address[1]}")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
