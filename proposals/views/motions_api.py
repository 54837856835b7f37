"""What is asked of a round, over the API."""

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from proposals import serializers as shapes
from proposals.models import Round
from proposals.refusals import UnknownMotion
from proposals.selectors.motions import Asked, asked_of, motions_of, times_of
from proposals.services import motions
from proposals.views.readers import member_of, round_at, visit


def _asked(request: Request, held: Round) -> tuple[Asked, ...]:
    seen = visit(request)
    times = times_of(held)
    open_ = getattr(held, "outcome", None) is None and seen.at < times.deadline_at
    return asked_of(motions_of([held])[held.pk], times=times, open_=open_, inside=seen.reader.inside, at=seen.at)


def _one(request: Request, number: int, round_number: int, motion: int) -> Response:
    """A motion as it stands after a change."""
    found = next(item for item in _asked(request, round_at(number, round_number)) if item.motion.number == motion)
    return Response(shapes.MotionSerializer(found).data, status=status.HTTP_201_CREATED)


class MotionsView(APIView):
    """What was asked of a round."""

    permission_classes = (IsAuthenticatedOrReadOnly,)

    @extend_schema(responses=shapes.MotionSerializer(many=True))
    def get(self, request: Request, number: int, round_number: int) -> Response:
        """In the order in which it was asked; the reasons for members."""
        found = _asked(request, round_at(number, round_number))
        return Response(shapes.MotionSerializer(found, many=True).data)

    @extend_schema(request=shapes.AskSerializer, responses={201: shapes.MotionSerializer})
    def post(self, request: Request, number: int, round_number: int) -> Response:
        """Asks for time (`hold`), a later deadline (`extend`) or an end without a decision (`cancel`)."""
        typed = shapes.AskSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        by, held = member_of(request), round_at(number, round_number)
        made = motions.ask(round_id=held.pk, by=by, **typed.validated_data)
        return _one(request, number, round_number, made.number)


class AnswerView(APIView):
    """The second of an extension or a cancellation, the release of a hold."""

    permission_classes = (IsAuthenticatedOrReadOnly,)

    @extend_schema(request=None, responses={201: shapes.MotionSerializer})
    def post(self, request: Request, number: int, round_number: int, motion: int) -> Response:
        """Seconds it; the author of a hold releases it."""
        if motion >= 2**31:
            raise UnknownMotion
        by, held = member_of(request), round_at(number, round_number)
        motions.answer(round_id=held.pk, number=motion, by=by)
        return _one(request, number, round_number, motion)


urlpatterns = [
    path("proposals/<int:number>/rounds/<int:round_number>/motions/", MotionsView.as_view(), name="motions"),
    path(
        "proposals/<int:number>/rounds/<int:round_number>/motions/<int:motion>/answer/",
        AnswerView.as_view(),
        name="motion_answer",
    ),
]
