"""/healthz: whether this process reaches its database, and whether the worker keeps up."""

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from expertgroup.backlog import LATE_SECONDS, backlog


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, else 503; a late worker and work given up are told: not the web server's doing."""
    try:
        found = backlog()
    except DatabaseError:
        return JsonResponse({"database": "unreachable"}, status=503)
    waits = found.oldest_due_seconds
    worker = "late" if waits > LATE_SECONDS else "on time"
    return JsonResponse(
        {"database": "ok", "worker": worker, "oldest_due_seconds": round(waits, 1), "parked": found.parked}
    )
