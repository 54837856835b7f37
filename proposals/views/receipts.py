"""A round's chain as a file, for whoever wants to check it without this program."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from proposals.selectors import files
from proposals.selectors.lookups import round_of
from proposals.views.readers import visit


@require_safe
def file(request: HttpRequest, number: int, round_number: int) -> HttpResponse:
    """Members at any time, everybody once the round is closed; before that there is nothing at this address."""
    seen, held = visit(request), round_of(number, round_number)
    content = files.visible_file(held, reader=seen.reader, at=seen.at) if held else None
    if content is None:
        raise Http404
    return JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 1})
