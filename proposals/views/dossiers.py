"""A decision as a file, and the script that checks it without this program."""

from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from journal.refusals import UnknownLink
from journal.selectors import head, link_number
from proposals.selectors import dossiers

SCRIPT = (Path(__file__).parents[1] / "data" / "verify.py").read_bytes()
CACHED = 60


@require_safe
@cache_control(public=True, max_age=CACHED)
def file(request: HttpRequest, number: int) -> HttpResponse:
    """The same for everybody, `?until=1234` as of that head; before a round has ended there is nothing here."""
    try:
        until = link_number(request.GET.get("until", ""), default=head().number)
    except UnknownLink:
        raise Http404 from None
    content = dossiers.dossier(number, until=until)
    if content is None:
        raise Http404
    return JsonResponse(content, json_dumps_params={"ensure_ascii": False})


@require_safe
@cache_control(public=True, max_age=CACHED)
def script(_request: HttpRequest) -> HttpResponse:
    """`/verify.py`: to be read before it is run."""
    return HttpResponse(SCRIPT, content_type="text/x-python; charset=utf-8")
