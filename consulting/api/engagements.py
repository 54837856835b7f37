"""Engagements in the API, for members and the treasurer to read."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import user_of
from charter import selectors as charter
from consulting import serializers as shapes
from consulting.models import Engagement
from consulting.selectors import engagements as reading


class EngagementsView(generics.ListAPIView[Engagement]):
    """All engagements, the latest first."""

    permission_classes = (IsAuthenticated,)
    serializer_class = shapes.EngagementSerializer
    queryset = reading.none()

    def get_queryset(self) -> QuerySet[Engagement]:
        """EngagementsForMembers for anybody else."""
        return reading.visible_to(user_of(self.request), charter.today(timezone.now()))


class EngagementView(APIView):
    """One engagement."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=shapes.EngagementDetailSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """With its sessions and the split, fixed or previewed."""
        day = charter.today(timezone.now())
        rows = reading.with_sessions(reading.visible_to(user_of(request), day))
        engagement: Any = generics.get_object_or_404(rows, reference=reference)
        engagement.split = reading.preview(engagement, day)
        return Response(shapes.EngagementDetailSerializer(engagement).data)


urlpatterns = [
    path("engagements/", EngagementsView.as_view(), name="engagements"),
    path("engagements/<str:reference>/", EngagementView.as_view(), name="engagement"),
]
