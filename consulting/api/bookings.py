"""Bookings in the API, for their client and their expert: the same services, rules and words as on the pages."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import user_of
from charter import selectors as charter
from consulting.models import Booking
from consulting.selectors import bookings as reading
from consulting.selectors import offering
from consulting.serializers import bookings as shapes
from consulting.services import bookings, holds
from journal.clock import database_clock
from members.selectors import people


def _visible(request: Request) -> QuerySet[Booking]:
    user = user_of(request)
    return reading.of_either(user, people.member_of(user))


def _booking(request: Request, reference: str) -> Booking:
    found: Booking = generics.get_object_or_404(_visible(request), reference=reference)
    return found


def _answer(booking: Booking, code: int = status.HTTP_200_OK) -> Response:
    found = reading.again(booking)
    return Response(shapes.BookingSerializer(found, context={"at": database_clock()}).data, status=code)


class BookingsView(generics.ListAPIView[Booking]):
    """What a person booked, and what was booked of them; the latest time first."""

    permission_classes = (IsAuthenticated,)
    serializer_class = shapes.BookingSerializer
    queryset = reading.none()

    def get_queryset(self) -> QuerySet[Booking]:
        """Both sides of whoever asks."""
        return _visible(self.request)

    def get_serializer_context(self) -> dict[str, Any]:
        """One moment for all rows."""
        return {**super().get_serializer_context(), "at": database_clock()}


class BookView(APIView):
    """Holding a time of an expert."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=shapes.BookSerializer, responses={201: shapes.BookingSerializer})
    def post(self, request: Request, handle: str) -> Response:
        """For 30 minutes, with its invoice; the address of the account is the client's."""
        given = shapes.BookSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        profile = offering.public_one(handle, charter.today(database_clock()))
        if profile is None:
            raise NotFound
        user = user_of(request)
        made = holds.hold(
            member=profile.member,
            starts_at=given.validated_data["start"],
            minutes=given.validated_data["minutes"],
            details=given.details(user.email),
            by=user,
        )
        return _answer(made, status.HTTP_201_CREATED)


class BookingView(APIView):
    """One booking."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=shapes.BookingSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """For its client and its expert."""
        return _answer(_booking(request, reference))


class ConfirmView(APIView):
    """The expert's yes."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=None, responses=shapes.BookingSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Twice is once."""
        return _answer(bookings.confirm(booking=_booking(request, reference), by=user_of(request)))


class DeclineView(APIView):
    """The expert's no."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=None, responses=shapes.BookingSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Everything goes back to the client's credit."""
        return _answer(bookings.decline(booking=_booking(request, reference), by=user_of(request)))


class CancelView(APIView):
    """Giving a booking up, by either side."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=None, responses=shapes.BookingSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """By the expert everything goes back; by the client what the frozen terms say."""
        return _answer(bookings.cancel(booking=_booking(request, reference), by=user_of(request)))


class MoveView(APIView):
    """Another time, by the client."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=shapes.MoveSerializer, responses=shapes.BookingSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Of the same length and at the same price, as long as it is free to move."""
        given = shapes.MoveSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        booking = _booking(request, reference)
        return _answer(bookings.move(booking=booking, starts_at=given.validated_data["start"], by=user_of(request)))


urlpatterns = [
    path("bookings/", BookingsView.as_view(), name="bookings"),
    path("experts/<slug:handle>/bookings/", BookView.as_view(), name="book"),
    path("bookings/<slug:reference>/", BookingView.as_view(), name="booking"),
    path("bookings/<slug:reference>/confirm/", ConfirmView.as_view(), name="booking-confirm"),
    path("bookings/<slug:reference>/decline/", DeclineView.as_view(), name="booking-decline"),
    path("bookings/<slug:reference>/cancel/", CancelView.as_view(), name="booking-cancel"),
    path("bookings/<slug:reference>/move/", MoveView.as_view(), name="booking-move"),
]
