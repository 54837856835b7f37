"""Rooms in the API: what the sides do on the page, by the same services, with the same words."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.urls import path
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import NotFound
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from accounts.requests import user_of
from charter import selectors as charter
from consulting.models import Engagement
from consulting.refusals.delivery import ExpertsOnly
from consulting.rules.rooms import EXPERT
from consulting.selectors import files, work
from consulting.selectors import rooms as reading
from consulting.serializers import delivery as shapes
from consulting.services import acceptances, rooms, sessions, timers
from consulting.services.files import Sent
from consulting.views.files import download
from members.models import Member
from members.selectors import people


def _room(request: Request, reference: str) -> tuple[Engagement, str]:
    """The engagement and the asker's side; 404 where its room does not exist for them."""
    found = reading.found(user_of(request), reference, charter.today(timezone.now()))
    if found is None:
        raise NotFound
    return found


def _expert(request: Request, reference: str) -> tuple[Engagement, Member]:
    """The engagement and the expert who asks; ExpertsOnly for anybody else."""
    engagement, side = _room(request, reference)
    member = people.member_of(user_of(request))
    if member is None or side != EXPERT:
        raise ExpertsOnly
    return engagement, member


def _given(shape: type[Any], request: Request) -> dict[str, Any]:
    typed = shape(data=request.data)
    typed.is_valid(raise_exception=True)
    return dict(typed.validated_data)


def _sent(given: Sequence[Any]) -> list[Sent]:
    return [Sent(file.name, file.read()) for file in given]


class RoomView(APIView):
    """What all parts of a room share: somebody who is signed in."""

    permission_classes = (IsAuthenticated,)


class WithFiles(RoomView):
    """Parts that take files: JSON without, a form with them."""

    # The settings' own parser is named there as text, and read as a class.
    parser_classes: Any = (*api_settings.DEFAULT_PARSER_CLASSES, MultiPartParser)


class ConfirmationView(RoomView):
    """The client's answer."""

    @extend_schema(request=shapes.ConfirmedSerializer, responses={204: None})
    def post(self, request: Request, reference: str) -> Response:
        """Accepts units, or all that is left: their shares are fixed (income.2)."""
        engagement, _side = _room(request, reference)
        at = timezone.now()
        units = _given(shapes.ConfirmedSerializer, request)["units"]
        acceptances.accept(
            engagement=engagement, accepted_on=charter.today(at), by=user_of(request), at=at, units=units
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class WorkView(RoomView):
    """Sessions that an expert enters."""

    @extend_schema(request=shapes.TimeWorkedSerializer, responses={201: shapes.TimeWorkedSerializer})
    def post(self, request: Request, reference: str) -> Response:
        """One session at the agreed rate, within the week (income.2.2); the client is asked."""
        engagement, member = _expert(request, reference)
        session = sessions.deliver(
            engagement=engagement,
            member=member,
            by=user_of(request),
            at=timezone.now(),
            **_given(shapes.TimeWorkedSerializer, request),
        )
        return Response(shapes.TimeWorkedSerializer(session).data, status=status.HTTP_201_CREATED)


class TimersView(RoomView):
    """The asker's timer."""

    @extend_schema(request=None, responses={201: shapes.TimerSerializer})
    def post(self, request: Request, reference: str) -> Response:
        """Starts it; one runs at a time."""
        engagement, member = _expert(request, reference)
        timer = timers.start(engagement=engagement, member=member, by=user_of(request), at=timezone.now())
        return Response(shapes.TimerSerializer(timer).data, status=status.HTTP_201_CREATED)


class StopView(RoomView):
    """A timer's end."""

    @extend_schema(request=shapes.StopSerializer, responses=shapes.TimerSerializer)
    def post(self, request: Request, reference: str, pk: int) -> Response:
        """A session of what the week holds; the rest is kept and said."""
        engagement, member = _expert(request, reference)
        timer = work.timer_of(engagement, member, pk)
        if timer is None:
            raise NotFound
        given = _given(shapes.StopSerializer, request)
        done = timers.stop(
            timer=timer, title=given["title"], hours_centi=given["hours"], by=user_of(request), at=timezone.now()
        )
        return Response(shapes.TimerSerializer(done).data)


class MessagesView(WithFiles, generics.ListCreateAPIView[Any]):
    """The words of both sides."""

    serializer_class = shapes.MessageSerializer
    queryset = reading.none()

    def get_queryset(self) -> QuerySet[Any]:
        """The latest first; 404 where the room does not exist for the asker."""
        engagement, _side = _room(self.request, self.kwargs["reference"])
        return reading.messages(engagement)

    @extend_schema(request=shapes.MessageSerializer, responses={201: shapes.MessageSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Writes; files are judged by their content."""
        engagement, _side = _room(request, kwargs["reference"])
        given = _given(shapes.MessageSerializer, request)
        message = rooms.write(
            engagement=engagement,
            body=given["body"],
            files=_sent(given["file"]),
            by=user_of(request),
            at=timezone.now(),
        )
        return Response(shapes.MessageSerializer(message).data, status=status.HTTP_201_CREATED)


class AgendaView(RoomView):
    """What to talk about next."""

    @extend_schema(request=shapes.AgendaItemSerializer, responses={201: shapes.AgendaItemSerializer})
    def post(self, request: Request, reference: str) -> Response:
        """Adds a point."""
        engagement, _side = _room(request, reference)
        text = _given(shapes.AgendaItemSerializer, request)["text"]
        item = rooms.plan(engagement=engagement, text=text, by=user_of(request), at=timezone.now())
        return Response(shapes.AgendaItemSerializer(item).data, status=status.HTTP_201_CREATED)

    @extend_schema(operation_id="engagements_agenda_list", responses=shapes.AgendaItemSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """The open points; there are at most fifty."""
        engagement, _side = _room(request, reference)
        return Response(shapes.AgendaItemSerializer(engagement.agenda.filter(done_at=None), many=True).data)


class TickView(RoomView):
    """A point of the agenda."""

    @extend_schema(request=None, responses=shapes.AgendaItemSerializer)
    def post(self, request: Request, reference: str, pk: int) -> Response:
        """Was talked about."""
        engagement, _side = _room(request, reference)
        item = reading.item_of(engagement, pk)
        if item is None:
            raise NotFound
        done = rooms.tick(item=item, by=user_of(request), at=timezone.now())
        return Response(shapes.AgendaItemSerializer(done).data)


class DeliverablesView(RoomView):
    """What the client gets."""

    @extend_schema(operation_id="engagements_deliverables_list", responses=shapes.DeliverableSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """All of them, by day; there are at most a hundred."""
        engagement, _side = _room(request, reference)
        return Response(shapes.DeliverableSerializer(reading.deliverables(engagement), many=True).data)

    @extend_schema(request=shapes.DeliverableSerializer, responses={201: shapes.DeliverableSerializer})
    def post(self, request: Request, reference: str) -> Response:
        """Promises one."""
        engagement, _side = _room(request, reference)
        given = _given(shapes.DeliverableSerializer, request)
        row = rooms.promise(engagement=engagement, by=user_of(request), at=timezone.now(), **given)
        return Response(shapes.DeliverableSerializer(row).data, status=status.HTTP_201_CREATED)


class DeliveryView(WithFiles):
    """A deliverable's delivery."""

    @extend_schema(request=shapes.HandedOverSerializer, responses=shapes.DeliverableSerializer)
    def post(self, request: Request, reference: str, pk: int) -> Response:
        """By file or link; again until the client accepts it."""
        engagement, _side = _room(request, reference)
        row = reading.deliverable_of(engagement, pk)
        if row is None:
            raise NotFound
        given = _given(shapes.HandedOverSerializer, request)
        done = rooms.hand_over(
            deliverable=row,
            link=given["link"],
            files=_sent(given["file"]),
            by=user_of(request),
            at=timezone.now(),
        )
        return Response(shapes.DeliverableSerializer(done).data)


class TakeView(RoomView):
    """A deliverable's acceptance."""

    @extend_schema(request=None, responses=shapes.DeliverableSerializer)
    def post(self, request: Request, reference: str, pk: int) -> Response:
        """By the client; it stays then."""
        engagement, _side = _room(request, reference)
        row = reading.deliverable_of(engagement, pk)
        if row is None:
            raise NotFound
        done = rooms.take(deliverable=row, by=user_of(request), at=timezone.now())
        return Response(shapes.DeliverableSerializer(done).data)


class FileView(RoomView):
    """A file."""

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, reference: str, token: str) -> FileResponse:
        """As a download."""
        upload = files.for_reader(user_of(request), reference, token, charter.today(timezone.now()))
        if upload is None:
            raise NotFound
        return download(upload)


ROOM = "engagements/<str:reference>/"
urlpatterns = [
    path(f"{ROOM}confirmation/", ConfirmationView.as_view(), name="confirmation"),
    path(f"{ROOM}sessions/", WorkView.as_view(), name="sessions"),
    path(f"{ROOM}timers/", TimersView.as_view(), name="timers"),
    path(f"{ROOM}timers/<int:pk>/stop/", StopView.as_view(), name="timer-stop"),
    path(f"{ROOM}messages/", MessagesView.as_view(), name="messages"),
    path(f"{ROOM}agenda/", AgendaView.as_view(), name="agenda"),
    path(f"{ROOM}agenda/<int:pk>/done/", TickView.as_view(), name="agenda-done"),
    path(f"{ROOM}deliverables/", DeliverablesView.as_view(), name="deliverables"),
    path(f"{ROOM}deliverables/<int:pk>/delivery/", DeliveryView.as_view(), name="delivery"),
    path(f"{ROOM}deliverables/<int:pk>/acceptance/", TakeView.as_view(), name="deliverable-acceptance"),
    path(f"{ROOM}files/<str:token>/", FileView.as_view(), name="file"),
]
