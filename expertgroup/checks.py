"""Start-up checks: DEMO only where nothing can be lost, two database roles, every append-only table guarded."""

import ipaddress
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

from expertgroup.embedded.cluster import CLUSTER_NAME

DEMO_VERB = "demo.built"


def is_loopback(host: str) -> bool:
    """Whether a host name or address reaches this machine only."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def demo_refusals() -> list[str]:
    """Why one-click sign-in must not start here: one sentence for each reason, none when it may."""
    reasons = []
    bind = str(settings.DEMO_BIND)
    if not is_loopback(bind):
        reasons.append(f"the server must listen on a loopback address (DEMO_BIND is {bind!r})")
    if not settings.ALLOWED_HOSTS or not all(is_loopback(host) for host in settings.ALLOWED_HOSTS):
        reasons.append("ALLOWED_HOSTS must name loopback hosts only")
    try:
        reasons += _database_refusals()
    except DatabaseError as error:
        reasons.append(f"the database could not be asked ({error})")
    return reasons


def _database_refusals() -> list[str]:
    reasons = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('cluster_name'), current_setting('listen_addresses')")
        if cursor.fetchone() != (CLUSTER_NAME, ""):
            reasons.append("the database must be the embedded server that `make demo` starts")
        cursor.execute("SELECT to_regclass('journal_entry')")
        if cursor.fetchone()[0] is None:
            return [*reasons, "the database has no journal"]
        cursor.execute("SELECT verb FROM journal_entry ORDER BY id LIMIT 1")
        if cursor.fetchone() != (DEMO_VERB,):
            reasons.append("the demo builder must have filled an empty database (the journal's first entry says so)")
    return reasons


def refuse_demo() -> None:
    """Raises ImproperlyConfigured when DEMO is on where it must not be; the web server calls it before it serves."""
    if settings.DEMO and (reasons := demo_refusals()):
        raise ImproperlyConfigured(f"DEMO=1 is refused: {'; '.join(reasons)}.")


@checks.register(checks.Tags.security)
def check_demo(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """expertgroup.E001: DEMO opens one-click sign-in, so it is refused anywhere but in the demo."""
    if not settings.DEMO:
        return []
    return [checks.Error(f"DEMO=1 is refused: {reason}.", id="expertgroup.E001") for reason in demo_refusals()]


@checks.register(checks.Tags.security, deploy=True)
def check_roles(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """expertgroup.W001: the role that serves must not be able to change append-only rows."""
    from expertgroup.runtime_role import excess_rights

    try:
        excess = excess_rights()
    except DatabaseError as error:
        return [checks.Warning(f"The database could not be asked for its roles ({error}).", id="expertgroup.W002")]
    if not excess:
        return []
    hint = (
        "Migrate with MIGRATE_DATABASE_URL (the owner), serve with DATABASE_URL (another role), run grant_runtime_role."
    )
    text = f"The database role that serves may {excess[0]} and {len(excess) - 1} more: triggers alone guard the ledger."
    return [checks.Warning(text, hint=hint, id="expertgroup.W001")]
