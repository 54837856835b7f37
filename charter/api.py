"""The charter in the API."""

from datetime import date

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from charter.refusals import UnreadableDay
from charter.selectors import pages
from charter.serializers import CharterSerializer


class CharterView(APIView):
    """Clauses, settings and editions; everybody may read them."""

    @extend_schema(
        parameters=[OpenApiParameter("on", date, description="The day; without it, today in the group's time zone.")],
        responses=CharterSerializer,
    )
    def get(self, request: Request) -> Response:
        """The charter in force on a day."""
        charter = pages.page(on=_day(request.query_params.get("on", "")), at=timezone.now())
        return Response(CharterSerializer(charter).data)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UnreadableDay from None


urlpatterns = [path("charter/", CharterView.as_view(), name="charter")]
