"""Invoices and quotes in the API: the same services, rules and words as on the pages."""

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import user_of
from charter import selectors as charter
from consulting.models import Engagement, Invoice, Quote
from consulting.selectors import billing as reading
from consulting.selectors import engagements as orders
from consulting.selectors import quotes
from consulting.serializers import billing as shapes
from consulting.services import invoices, payments
from journal.clock import database_clock


def _now() -> tuple[datetime, date]:
    """The moment, and the group's day."""
    at = database_clock()
    return at, charter.today(at)


def _visible(request: Request) -> QuerySet[Invoice]:
    return reading.invoices_for(user_of(request), _now()[1])


def _invoice(request: Request, number: str) -> Invoice:
    found: Invoice = generics.get_object_or_404(_visible(request), number=number)
    return found


def _answer(invoice: Invoice, code: int = status.HTTP_200_OK) -> Response:
    (found,) = reading.standings([invoice], database_clock())
    return Response(shapes.InvoiceSerializer(found).data, status=code)


class InvoicesView(generics.ListAPIView[Invoice]):
    """The treasurer and the leader read all invoices, a client their own; the latest first."""

    permission_classes = (IsAuthenticated,)
    serializer_class = shapes.InvoiceSerializer
    queryset = reading.none()

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of them."""
        page = self.paginate_queryset(_visible(request)) or []
        found = reading.standings(page, database_clock())
        return self.get_paginated_response(shapes.InvoiceSerializer(found, many=True).data)


class InvoiceView(APIView):
    """One invoice."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=shapes.InvoiceSerializer)
    def get(self, request: Request, number: str) -> Response:
        """With its lines and how far it is."""
        return _answer(_invoice(request, number))


class IssueView(APIView):
    """Asking the client of an engagement for money."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=shapes.IssueSerializer, responses={201: shapes.InvoiceSerializer})
    def post(self, request: Request, reference: str) -> Response:
        """By the treasurer; what is sent cannot be changed."""
        at, day = _now()
        given = shapes.IssueSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        engagement: Engagement = generics.get_object_or_404(
            orders.visible_to(user_of(request), day), reference=reference
        )
        made = invoices.issue(
            engagement=engagement,
            lines=given.worked_out,
            purpose=given.validated_data["purpose"],
            due_at=given.validated_data["due_at"],
            language=given.validated_data["language"],
            by=user_of(request),
            at=at,
        )
        return _answer(made, status.HTTP_201_CREATED)


class VoidView(APIView):
    """Withdrawing an invoice."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=shapes.VoidSerializer, responses=shapes.InvoiceSerializer)
    def post(self, request: Request, number: str) -> Response:
        """By the treasurer, while nothing is paid."""
        given = shapes.VoidSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        found = _invoice(request, number)
        reason = given.validated_data["reason"]
        return _answer(invoices.void(invoice=found, reason=reason, by=user_of(request), at=database_clock()))


class ConfirmView(APIView):
    """A transfer that arrived in the bank."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=shapes.ConfirmSerializer, responses=shapes.InvoiceSerializer)
    def post(self, request: Request, number: str) -> Response:
        """By the treasurer; the same evidence again changes nothing."""
        given = shapes.ConfirmSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        found = _invoice(request, number)
        payments.confirm(invoice=found, by=user_of(request), at=database_clock(), **given.validated_data)
        return _answer(found)


class CreditView(APIView):
    """A client's credit."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=None, responses=shapes.InvoiceSerializer)
    def post(self, request: Request, number: str) -> Response:
        """Pays what is left of an invoice from the credit, as far as it goes; by the client or the treasurer."""
        found = _invoice(request, number)
        payments.use_credit(invoice=found, by=user_of(request), at=database_clock())
        return _answer(found)


class QuotesView(generics.ListAPIView[Quote]):
    """An expert's quotes; the leader and the treasurer read all, the latest first."""

    permission_classes = (IsAuthenticated,)
    serializer_class = shapes.QuoteSerializer
    queryset = quotes.none()

    def get_queryset(self) -> QuerySet[Quote]:
        """Requests whose address is not proved are nobody's to see."""
        return quotes.visible_to(user_of(self.request), _now()[1])

    def get_serializer_context(self) -> dict[str, Any]:
        """The moment that decides whether an offer is still valid."""
        return {**super().get_serializer_context(), "now": database_clock()}


class QuoteView(APIView):
    """One quote."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=shapes.QuoteSerializer)
    def get(self, request: Request, number: str) -> Response:
        """The request and the offer."""
        at, day = _now()
        found: Quote = generics.get_object_or_404(quotes.visible_to(user_of(request), day), number=number)
        return Response(shapes.QuoteSerializer(found, context={"now": at}).data)


urlpatterns = [
    path("invoices/", InvoicesView.as_view(), name="invoices"),
    path("invoices/<str:number>/", InvoiceView.as_view(), name="invoice"),
    path("invoices/<str:number>/void/", VoidView.as_view(), name="invoice-void"),
    path("invoices/<str:number>/payments/", ConfirmView.as_view(), name="invoice-payments"),
    path("invoices/<str:number>/credit/", CreditView.as_view(), name="invoice-credit"),
    path("engagements/<str:reference>/invoices/", IssueView.as_view(), name="engagement-invoices"),
    path("quotes/", QuotesView.as_view(), name="quotes"),
    path("quotes/<str:number>/", QuoteView.as_view(), name="quote"),
]
