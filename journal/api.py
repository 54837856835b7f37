"""The journal in the API: its heads, and the links that lead from one to another. Everybody may read them."""

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from journal.selectors import head, heads, link_number, segment
from journal.serializers import HeadSerializer, SegmentSerializer

LINKS_MOST = 5000


class JournalView(APIView):
    """The heads of the journal."""

    permission_classes = (AllowAny,)

    @extend_schema(responses=HeadSerializer(many=True))
    def get(self, _request: Request) -> Response:
        """The newest and the last one of each hour before, newest first, at most 50."""
        return Response(HeadSerializer(heads(), many=True).data)


class LinksView(APIView):
    """The links of the journal's chain."""

    permission_classes = (AllowAny,)

    @extend_schema(
        parameters=[
            OpenApiParameter("after", int, description="The number before the first link; 0 without it."),
            OpenApiParameter("until", int, description="The number of the last link; that of the head without it."),
        ],
        responses=SegmentSerializer,
    )
    def get(self, request: Request) -> Response:
        """At most 5,000 links after a number, each `[entry, digest]`: what continues a decision's dossier."""
        after = link_number(request.query_params.get("after", ""), default=0)
        until = link_number(request.query_params.get("until", ""), default=head().number)
        return Response(segment(after=after, until=min(until, after + LINKS_MOST)))


urlpatterns = [
    path("journal/", JournalView.as_view(), name="journal"),
    path("journal/links/", LinksView.as_view(), name="journal-links"),
]
