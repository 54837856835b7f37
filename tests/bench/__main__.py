"""``python -m tests.bench [NAME...]``: runs the benchmarks on an embedded server with its default durability."""

import contextlib
import importlib
import inspect
import os
import pkgutil
import secrets
import sys

import django

import tests.bench
from expertgroup import embedded
from tests import databases
from tests.bench.report import Report

NOT_BENCHMARKS = {"__main__", "report", "web"}


def _prepare(stack: contextlib.ExitStack) -> None:
    """A migrated template and a clone of it as the default database; `databases.clone()` gives more."""
    server = os.environ.get("TEST_DATABASE_URL")
    if not server:
        server = stack.enter_context(embedded.running(stack.enter_context(embedded.temporary_home("bench"))))
    template = databases.create(databases.with_database(server, f"eg_bench_{os.getpid()}"))
    stack.callback(databases.drop, template)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "expertgroup.settings",
        "DATABASE_URL": template,
        "SECRET_KEY": secrets.token_hex(),
        "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
        "LOG_LEVEL": "WARNING",
        "BROKER_DIR": str(stack.enter_context(embedded.temporary_home("bench-broker"))),
    }
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    connection.close()
    os.environ["EXPERTGROUP_TEST_TEMPLATE"] = template
    stack.enter_context(databases.clone())


def main(wanted: list[str]) -> int:
    """0 when every ratio holds."""
    found = sorted(
        module.name for module in pkgutil.iter_modules(tests.bench.__path__) if module.name not in NOT_BENCHMARKS
    )
    unknown = set(wanted) - set(found)
    if unknown:
        sys.exit(f"No benchmark {', '.join(sorted(unknown))}; there are: {', '.join(found) or 'none'}")
    report = Report()
    with contextlib.ExitStack() as stack:
        _prepare(stack)
        for name in wanted or found:
            module = importlib.import_module(f"tests.bench.{name}")
            # A module without run(report) is a part of others.
            if "report" in inspect.signature(getattr(module, "run", main)).parameters:
                report.title(name)
                module.run(report)
    return 0 if report.finish() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
