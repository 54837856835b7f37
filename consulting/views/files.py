"""Files of a room, handed out."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from accounts.requests import user_of
from charter import selectors as charter
from consulting.models import Upload
from consulting.rules import uploads
from consulting.selectors import files as reading
from journal.clock import database_clock


@login_required
@require_safe
def file(request: HttpRequest, reference: str, token: str) -> FileResponse:
    """A file, as a download only: no browser draws or runs what somebody sent."""
    upload = reading.for_reader(user_of(request), reference, token, charter.today(database_clock()))
    if upload is None:
        raise Http404
    return download(upload)


def download(upload: Upload) -> FileResponse:
    """The answer that carries a file; who may have it was asked before."""
    answer = FileResponse(
        reading.opened(upload),
        as_attachment=True,
        filename=upload.name or upload.kind,
        content_type=uploads.content_type(upload.kind),
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
