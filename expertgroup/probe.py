"""Health checks of the containers: ``python -m expertgroup.probe web`` or ``backlog``; exit 1 when ill."""

import os
import sys
import urllib.request

# Where gunicorn listens inside its container.
WEB = "http://127.0.0.1:8000/healthz"


def web(url: str = WEB) -> str:
    """What the web server says of itself, asked as the proxy before it would; raises OSError when it is ill."""
    host = os.environ["ALLOWED_HOSTS"].split(",")[0].lstrip(".*") or "localhost"
    request = urllib.request.Request(url, headers={"Host": host, "X-Forwarded-Proto": "https"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=5) as response:  # noqa: S310
        return str(response.read().decode())


def backlog() -> str:
    """How long the oldest due work waits; raises TimeoutError when nobody does it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "expertgroup.settings")
    from expertgroup.backlog import LATE_SECONDS, oldest_due_seconds

    waits = oldest_due_seconds()
    if waits > LATE_SECONDS:
        raise TimeoutError(f"due work has waited for {waits:.0f} s")
    return f"the oldest due work waits for {waits:.1f} s"


def main(argv: list[str]) -> int:
    """0 when well."""
    try:
        said = {"web": web, "backlog": backlog}[argv[0]](*argv[1:])
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{said}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
