"""Test databases: one template migrated once a run, cloned for each worker and for each test that must commit.

Nothing is ever flushed: append-only tables refuse TRUNCATE. A clone takes about 20 ms.
"""

import contextlib
import itertools
import os
from collections.abc import Iterator
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

_numbers = itertools.count(1)


def with_database(url: str, name: str) -> str:
    """The same server's URL for another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def database_of(url: str) -> str:
    """The database that a URL names."""
    return urlsplit(url).path.lstrip("/")


def connect(url: str) -> psycopg.Connection:
    """An autocommit connection to the database of a DATABASE_URL (unix sockets as ``?host=``)."""
    parts = urlsplit(url)
    host = parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
    return psycopg.connect(
        host=host,
        port=parts.port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        dbname=database_of(url),
        autocommit=True,
    )


def create(url: str, *, template: str | None = None) -> str:
    """Makes the database of `url`, a clone of `template` if named; one of the same name goes. Returns `url`."""
    name = sql.Identifier(database_of(url))
    with connect(with_database(url, "postgres")) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        source = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
        server.execute(sql.SQL("CREATE DATABASE {}").format(name) + source)
    return url


def drop(url: str) -> None:
    """Removes the database of `url`, whoever is connected to it."""
    with connect(with_database(url, "postgres")) as server:
        name = sql.Identifier(database_of(url))
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


@contextlib.contextmanager
def clone(source: str | None = None) -> Iterator[str]:
    """A fresh clone as Django's default database, in this and every new thread; yields its URL.

    Of the migrated template, or of the database with the URL `source`, to which nobody may be connected.
    """
    template = source or os.environ["EXPERTGROUP_TEST_TEMPLATE"]
    name = f"{database_of(os.environ['DATABASE_URL'])}_{next(_numbers)}"
    url = create(with_database(template, name), template=database_of(template))
    try:
        with using(url):
            yield url
    finally:
        drop(url)


@contextlib.contextmanager
def using(url: str) -> Iterator[None]:
    """Django's default database is the one of `url`, in this and every new thread and process."""
    from django.db import connections

    settings = connections.settings["default"]
    before = settings["NAME"], os.environ["DATABASE_URL"]
    connections["default"].close()
    # The same dictionary that every thread's connection reads; child processes read the environment.
    settings["NAME"], os.environ["DATABASE_URL"] = database_of(url), url
    try:
        yield
    finally:
        connections["default"].close()
        settings["NAME"], os.environ["DATABASE_URL"] = before


def demo_of(template: str) -> str:
    """The URL of the database with the demo's group, which the first test that asks builds (tests/journeys)."""
    return with_database(template, f"{database_of(template)}_demo")
