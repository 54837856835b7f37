"""Payments in the API: read by who they concern, decided by the treasurer, told by a card provider."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Wallet
from accounts.requests import user_of
from accounts.selectors import no_wallets, wallets_of
from charter import selectors as charter
from consulting.models import Payment
from consulting.refusals.payments import EventUnsigned
from consulting.rules import events as signing
from consulting.selectors import chains
from consulting.selectors import payments as reading
from consulting.serializers import payments as shapes
from consulting.services import events, unmatched
from journal.clock import database_clock


def _visible(request: Request) -> QuerySet[Payment]:
    return reading.visible_to(user_of(request), charter.today(database_clock()))


class PaymentsView(generics.ListAPIView[Payment]):
    """The treasurer and the leader read all payments, a client their own; the latest first."""

    permission_classes = (IsAuthenticated,)
    serializer_class = shapes.PaymentSerializer
    queryset = reading.none()

    @extend_schema(parameters=[OpenApiParameter("waiting", bool, description="Only those that wait for a decision")])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of them."""
        rows = _visible(request)
        if request.query_params.get("waiting") in ("1", "true"):
            rows = rows.filter(pk__in=reading.waiting().values("pk"))
        page = self.paginate_queryset(rows) or []
        lines = reading.lines(page, chains.configured())
        return self.get_paginated_response(shapes.PaymentSerializer(lines, many=True).data)


class PaymentView(APIView):
    """One payment."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=shapes.PaymentSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """How far it is."""
        return _answer(generics.get_object_or_404(_visible(request), pk=pk))


class DecisionView(APIView):
    """What the treasurer decides about a payment."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=shapes.DecisionSerializer, responses=shapes.PaymentSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """`invoice` with its number, `client` with its key, or `back`; always with evidence."""
        given = shapes.DecisionSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        found = generics.get_object_or_404(_visible(request), pk=pk)
        unmatched.decide(payment=found, by=user_of(request), at=database_clock(), **given.validated_data)
        return _answer(reading.latest().get(pk=pk))


def _answer(payment: Payment) -> Response:
    (line,) = reading.lines([payment], chains.configured())
    return Response(shapes.PaymentSerializer(line).data)


class EventsView(APIView):
    """What a provider of card payments tells: signed, of the last five minutes, each once (docs/payments.md)."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Without a secret no such address; EventUnsigned for whoever does not hold it, before anything is read."""
        secret, header = settings.PAYMENT_EVENTS_SECRET, request.headers.get("Payment-Signature", "")
        if not secret:
            raise Http404
        super().initial(request, *args, **kwargs)
        if not signing.genuine(secret=secret, body=request.body, header=header, now=database_clock()):
            raise EventUnsigned

    @extend_schema(
        request=shapes.EventSerializer,
        responses=shapes.PaymentSerializer,
        parameters=[OpenApiParameter("Payment-Signature", OpenApiTypes.STR, OpenApiParameter.HEADER, required=True)],
    )
    def post(self, request: Request) -> Response:
        """Credits the payment. EventUnsigned, EventRepeated, InvoiceUnknown."""
        given = shapes.EventSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        event, at = given.validated_data, database_clock()
        return _answer(events.take(event=event["id"], number=event["invoice"], amount_micro=event["amount"], at=at))


class WalletsView(generics.ListAPIView[Wallet]):
    """The reader's own proved addresses; they are proved on the page (`/settings/wallets/`)."""

    permission_classes = (IsAuthenticated,)
    serializer_class = shapes.WalletSerializer
    queryset = no_wallets()

    def get_queryset(self) -> QuerySet[Wallet]:
        """Nobody reads another's."""
        return wallets_of(user_of(self.request))


urlpatterns = [
    path("payments/", PaymentsView.as_view(), name="payments"),
    path("payments/events/", EventsView.as_view(), name="payment-events"),
    path("payments/<int:pk>/", PaymentView.as_view(), name="payment"),
    path("payments/<int:pk>/decide/", DecisionView.as_view(), name="payment-decide"),
    path("wallets/", WalletsView.as_view(), name="wallets"),
]
