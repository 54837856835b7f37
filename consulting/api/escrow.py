"""Client money in the API: what is held for an engagement, refunds, the dispute of its sides."""

from typing import Any

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import user_of
from charter import selectors as charter
from consulting.models import Engagement
from consulting.selectors import disputes as reading
from consulting.selectors import escrow as held
from consulting.selectors import rooms
from consulting.serializers import escrow as shapes
from consulting.services import disputes, refunds


class HeldView(APIView):
    """What the parts share: one of the engagement's people; 404 for anybody else."""

    permission_classes = (IsAuthenticated,)

    def found(self, request: Request, reference: str) -> tuple[Engagement, str]:
        """The engagement and the asker's side."""
        found = rooms.found(user_of(request), reference, charter.today(timezone.now()))
        if found is None:
            raise NotFound
        return found

    def given(self, shape: type[Any], request: Request) -> dict[str, Any]:
        """What was sent, read."""
        typed = shape(data=request.data)
        typed.is_valid(raise_exception=True)
        return dict(typed.validated_data)


class MoneyView(HeldView):
    """What is held, and what went back."""

    @extend_schema(responses=shapes.MoneySerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Units with what is left of each, and every refund."""
        engagement, _side = self.found(request, reference)
        rows = engagement.refunds.select_related("session", "milestone").order_by("pk")
        shown = {
            "money": held.money_of(engagement),
            "units": held.units_of(engagement),
            "refunds": [held.refunded_unit(row) for row in rows],
        }
        return Response(shapes.MoneySerializer(shown).data)

    @extend_schema(request=shapes.RefundSerializer, responses={201: shapes.RefundSerializer})
    def post(self, request: Request, reference: str) -> Response:
        """The treasurer gives something of a unit back (income.2.1)."""
        engagement, _side = self.found(request, reference)
        values = self.given(shapes.RefundSerializer, request)
        row = refunds.refund(engagement=engagement, by=user_of(request), at=timezone.now(), **values)
        return Response(shapes.RefundSerializer(held.refunded_unit(row)).data, status=status.HTTP_201_CREATED)


class DisputeView(HeldView):
    """The dispute."""

    @extend_schema(responses=shapes.DisputeSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """The open one, else the latest; 404 where there was none."""
        return self.shown(request, *self.found(request, reference))

    @extend_schema(request=shapes.DisputeReasonSerializer, responses={201: shapes.DisputeSerializer})
    def post(self, request: Request, reference: str) -> Response:
        """Opens one: nothing of the engagement moves until it is settled."""
        engagement, side = self.found(request, reference)
        values = self.given(shapes.DisputeReasonSerializer, request)
        disputes.open_dispute(engagement=engagement, by=user_of(request), at=timezone.now(), **values)
        return self.shown(request, engagement, side, status.HTTP_201_CREATED)

    def shown(self, request: Request, engagement: Engagement, side: str, code: int = status.HTTP_200_OK) -> Response:
        """How it stands."""
        standing = reading.standing(engagement, user_of(request), side)
        if standing.dispute is None:
            raise NotFound
        return Response(shapes.DisputeSerializer(standing).data, status=code)


class OffersView(DisputeView):
    """What the sides sign."""

    http_method_names = ["post", "options"]

    @extend_schema(request=shapes.OfferSerializer, responses={201: shapes.DisputeSerializer})
    def post(self, request: Request, reference: str) -> Response:
        """Signs a percentage; when all signed the same, that settles it."""
        engagement, side = self.found(request, reference)
        values = self.given(shapes.OfferSerializer, request)
        disputes.offer(engagement=engagement, by=user_of(request), at=timezone.now(), **values)
        return self.shown(request, engagement, side, status.HTTP_201_CREATED)


class WithdrawalView(DisputeView):
    """Taking a dispute back."""

    http_method_names = ["post", "options"]

    @extend_schema(request=None, responses=shapes.DisputeSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """By the side that opened it."""
        engagement, side = self.found(request, reference)
        disputes.withdraw(engagement=engagement, by=user_of(request), at=timezone.now())
        return self.shown(request, engagement, side)


HERE = "engagements/<str:reference>/"
urlpatterns = [
    path(f"{HERE}refunds/", MoneyView.as_view(), name="engagement-refunds"),
    path(f"{HERE}dispute/", DisputeView.as_view(), name="engagement-dispute"),
    path(f"{HERE}dispute/offers/", OffersView.as_view(), name="engagement-dispute-offers"),
    path(f"{HERE}dispute/withdrawal/", WithdrawalView.as_view(), name="engagement-dispute-withdrawal"),
]
