"""People and applications in the API: the same services, the same rules, the same words as the pages."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import user_of
from charter import selectors as charter
from members import serializers as shapes
from members.models import Application, Member
from members.refusals.people import OnlyLeader, OnlyMembers, UnknownHandle
from members.registry import proposed_among
from members.selectors import applications as reading
from members.selectors import leaves, people
from members.services import applications, interviews, memberships
from members.services import leaves as declaring


class MeView(APIView):
    """Oneself."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=shapes.MeSerializer)
    def get(self, request: Request) -> Response:
        """Who the token or session belongs to, and what they are today."""
        user, day = user_of(request), charter.today(timezone.now())
        member = people.member_of(user)
        shown = {
            "email": user.email,
            "name": member.name if member else user.name,
            "language": user.language,
            "handle": member.handle if member else None,
            "roles": sorted(people.roles_on(user, day)),
            "day": day,
        }
        return Response(shapes.MeSerializer(shown).data)


class ExitView(APIView):
    """Leaving."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=shapes.ExitSerializer, responses=shapes.ExitSerializer)
    def post(self, request: Request) -> Response:
        """Declares one's own exit (exit.1)."""
        typed = shapes.ExitSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        member = people.member_of(user_of(request))
        if member is None:
            raise OnlyMembers(_("Only members of the group do this."))
        period = memberships.declare_exit(
            member=member, exited_on=typed.validated_data["exited_on"], by=member, at=timezone.now()
        )
        return Response(shapes.ExitSerializer(period).data)


class LeavesView(APIView):
    """One's own leave."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=shapes.LeaveSerializer(many=True))
    def get(self, request: Request) -> Response:
        """All of one's leaves, the latest first."""
        found = leaves.leaves_of(_acting(request, timezone.now()))
        return Response(shapes.LeaveSerializer(found, many=True).data)

    @extend_schema(request=shapes.LeaveSerializer, responses={201: shapes.LeaveSerializer})
    def post(self, request: Request) -> Response:
        """Declares that one will be away: no seat in rounds that open meanwhile."""
        at = timezone.now()
        member, typed = _acting(request, at), shapes.LeaveSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        made = declaring.declare(member=member, by=member, at=at, **typed.validated_data)
        return Response(shapes.LeaveSerializer(made).data, status=201)


class LeaveEndView(APIView):
    """Coming back."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=None, responses=shapes.LeaveSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Ends one's leave today, before its last day."""
        at = timezone.now()
        member = _acting(request, at)
        found = leaves.leaves_of(member).filter(pk=pk).first()
        if found is None:
            raise NotFound
        return Response(shapes.LeaveSerializer(declaring.end(leave=found, by=member, at=at)).data)


class MembersView(generics.ListAPIView[Any]):
    """The public roll: everybody who is or was a member, members first."""

    permission_classes = (AllowAny,)
    serializer_class = shapes.PeriodSerializer
    queryset = people.nobody()

    def get_queryset(self) -> Any:
        """The roll of today."""
        return people.roll(charter.today(timezone.now()))


def _shown(application: Application, at: datetime) -> dict[str, Any]:
    """An application with its state and what is missing."""
    counted = application.interviews.count()
    proposed = bool(proposed_among([application.pk]))
    application.state = reading.state_of(application, counted, proposed=proposed)  # type: ignore[attr-defined]
    application.missing = reading.missing_for_proposal(application, at)  # type: ignore[attr-defined]
    return dict(shapes.ApplicationSerializer(application).data)


class OwnApplicationView(APIView):
    """One's own application."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=shapes.ApplicationSerializer)
    def get(self, request: Request) -> Response:
        """The newest one, ended or not."""
        found = reading.latest_of(user_of(request))
        if found is None:
            raise NotFound
        return Response(_shown(found, timezone.now()))

    @extend_schema(request=shapes.DraftSerializer, responses=shapes.ApplicationSerializer)
    def patch(self, request: Request) -> Response:
        """Keeps answers in the draft; begins an application if there is none."""
        typed = shapes.DraftSerializer(data=request.data, partial=True)
        typed.is_valid(raise_exception=True)
        at = timezone.now()
        found = applications.save_draft(user=user_of(request), changes=typed.validated_data, at=at)
        return Response(_shown(found, at))


class SubmitView(APIView):
    """Sending one's application."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=None, responses=shapes.ApplicationSerializer)
    def post(self, request: Request) -> Response:
        """Sends the open application to the group (join.2.1)."""
        user, at = user_of(request), timezone.now()
        return Response(_shown(applications.submit(application=_open_of(request), by=user, at=at), at))


class WithdrawView(APIView):
    """Taking one's application back."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=None, responses=shapes.ApplicationSerializer)
    def post(self, request: Request) -> Response:
        """Withdraws the open application."""
        user, at = user_of(request), timezone.now()
        return Response(_shown(applications.withdraw(application=_open_of(request), by=user, at=at), at))


def _open_of(request: Request) -> Application:
    found = reading.open_of(user_of(request))
    if found is None:
        raise NotFound
    return found


def _member(request: Request, at: datetime, *, leading: bool = False) -> Member:
    """The caller as a member of today; OnlyMembers, OnlyLeader."""
    user = user_of(request)
    roles, member = people.roles_on(user, charter.today(at)), people.member_of(user)
    if member is None or "member" not in roles:
        raise OnlyMembers
    if leading and "leader" not in roles:
        raise OnlyLeader
    return member


def _acting(request: Request, at: datetime) -> Member:
    """The caller as a member of today who says something of themself; OnlyMembers."""
    try:
        return _member(request, at)
    except OnlyMembers:
        raise OnlyMembers(_("Only members of the group do this.")) from None


def _sent(pk: int) -> Application:
    found = reading.for_group().filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


class ApplicationsView(generics.ListAPIView[Application]):
    """What was sent, open ones first; for members."""

    permission_classes = (IsAuthenticated,)
    serializer_class = shapes.ApplicationSerializer
    queryset = reading.none()

    def get_queryset(self) -> QuerySet[Application]:
        """Newest first."""
        _member(self.request, timezone.now())
        return reading.for_group()

    def paginate_queryset(self, queryset: Any) -> Any:
        """One page, each with its state and what is missing; the charter is read once."""
        rows = super().paginate_queryset(queryset)
        return reading.with_state(rows or [], timezone.now())


class ApplicationView(APIView):
    """One application; for members."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=shapes.ApplicationSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Everything that the applicant said."""
        at = timezone.now()
        _member(request, at)
        return Response(_shown(_sent(pk), at))


class ConfirmBuilderView(APIView):
    """The leader's confirmation (join.1)."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=shapes.ConfirmationSerializer, responses=shapes.ApplicationSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Confirms since when the applicant is a builder, with a link."""
        at = timezone.now()
        leader = _member(request, at, leading=True)
        typed = shapes.ConfirmationSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        found = applications.confirm_builder(application=_sent(pk), by=leader, at=at, **typed.validated_data)
        return Response(_shown(found, at))


class InterviewsView(APIView):
    """The interviews of an application (join.2.2)."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=shapes.InterviewSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """Those on record, newest first; for members."""
        _member(request, timezone.now())
        return Response(shapes.InterviewSerializer(reading.interviews_of(_sent(pk)), many=True).data)

    @extend_schema(request=shapes.RecordSerializer, responses={201: shapes.InterviewSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Records one; the leader does."""
        at = timezone.now()
        leader = _member(request, at, leading=True)
        typed = shapes.RecordSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        known = dict(typed.validated_data)
        known["interviewers"] = [_by_handle(handle) for handle in known["interviewers"]]
        made = interviews.record(application=_sent(pk), by=leader, at=at, **known)
        return Response(shapes.InterviewSerializer(made).data, status=201)


def _by_handle(handle: str) -> Member:
    member = people.by_handle(handle)
    if member is None:
        raise UnknownHandle.of(handle)
    return member


urlpatterns = [
    path("me/", MeView.as_view(), name="me"),
    path("me/exit/", ExitView.as_view(), name="exit"),
    path("me/leaves/", LeavesView.as_view(), name="leaves"),
    path("me/leaves/<int:pk>/end/", LeaveEndView.as_view(), name="end-leave"),
    path("members/", MembersView.as_view(), name="members"),
    path("applications/", ApplicationsView.as_view(), name="applications"),
    path("applications/own/", OwnApplicationView.as_view(), name="own-application"),
    path("applications/own/submit/", SubmitView.as_view(), name="submit-application"),
    path("applications/own/withdraw/", WithdrawView.as_view(), name="withdraw-application"),
    path("applications/<int:pk>/", ApplicationView.as_view(), name="application"),
    path("applications/<int:pk>/confirm-builder/", ConfirmBuilderView.as_view(), name="confirm-builder"),
    path("applications/<int:pk>/interviews/", InterviewsView.as_view(), name="interviews"),
]
