"""Experts and their free times in the API, for everybody to read."""

from datetime import UTC, datetime, time, timedelta

from django.db.models import QuerySet
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from charter import selectors as charter
from consulting import serializers as shapes
from consulting.models import Profile
from consulting.rules import slots
from consulting.selectors import offering
from consulting.selectors.slots import free_slots


class ExpertsView(generics.ListAPIView[Profile]):
    """Everybody who offers advice, by handle."""

    permission_classes = (AllowAny,)
    serializer_class = shapes.ExpertSerializer
    queryset = offering.nobody()

    def get_queryset(self) -> QuerySet[Profile]:
        """The public profiles of today."""
        return offering.public(charter.today(timezone.now()))


def _expert(handle: str) -> Profile:
    found = offering.public_one(handle, charter.today(timezone.now()))
    if found is None:
        raise NotFound
    return found


class ExpertView(APIView):
    """One expert."""

    permission_classes = (AllowAny,)

    @extend_schema(responses=shapes.ExpertDetailSerializer)
    def get(self, request: Request, handle: str) -> Response:
        """With text and written-up work."""
        return Response(shapes.ExpertDetailSerializer(_expert(handle)).data)


class TimesView(APIView):
    """When an expert is free."""

    permission_classes = (AllowAny,)

    @extend_schema(parameters=[shapes.AskedTimesSerializer], responses=shapes.TimesSerializer)
    def get(self, request: Request, handle: str) -> Response:
        """Times to begin; a week without hours left has none and says why (income.2.2)."""
        asked = shapes.AskedTimesSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        profile, at, timeline = _expert(handle), timezone.now(), charter.timeline()
        today = timeline.day_of(at)
        zone = timeline.terms_on(today).time_zone
        first = asked.validated_data.get("first", today)
        last = asked.validated_data.get("last", first + timedelta(days=27))
        slots.check_span(first, last)
        minutes = asked.validated_data["minutes"]
        calendar = free_slots(
            [profile],
            first_at=datetime.combine(first, time(), zone),
            until=datetime.combine(last + timedelta(days=1), time(), zone),
            minutes=minutes,
            at=at,
            timeline=timeline,
        )[profile.pk]
        starts = [datetime.fromtimestamp(start, UTC) for start in calendar.starts]
        shown = {"minutes": minutes, "starts": starts, "weeks": list(calendar.weeks.values())}
        return Response(shapes.TimesSerializer(shown).data)


urlpatterns = [
    path("experts/", ExpertsView.as_view(), name="experts"),
    path("experts/<slug:handle>/", ExpertView.as_view(), name="expert"),
    path("experts/<slug:handle>/slots/", TimesView.as_view(), name="expert-slots"),
]
