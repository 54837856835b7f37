"""Taking back and recusal, over the API."""

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import user_of
from members.models import Member
from members.selectors import people
from proposals import serializers as shapes
from proposals.models import Proposal
from proposals.refusals import MembersOnly
from proposals.selectors.lookups import proposal_of
from proposals.services import announcing, recusals


def _member(request: Request) -> Member:
    member = people.member_of(user_of(request))
    if member is None:
        raise MembersOnly
    return member


def _proposal(number: int) -> Proposal:
    found = proposal_of(number)
    if found is None:
        raise NotFound
    return found


class WithdrawalView(APIView):
    """Taking back what has not opened."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, number: int) -> Response:
        """Who put it forward, or the leader; it stays on record and never opens."""
        announcing.take_back(proposal=_proposal(number), by=_member(request))
        return Response(status=204)


class RecusalView(APIView):
    """Whether one takes part, while no round of the proposal is open."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=shapes.RecuseSerializer, responses={204: None})
    def post(self, request: Request, number: int) -> Response:
        """No seat in the rounds that open from now on; the members read the reason."""
        typed = shapes.RecuseSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        recusals.recuse(proposal=_proposal(number), by=_member(request), **typed.validated_data)
        return Response(status=204)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, number: int) -> Response:
        """A seat again in the rounds that open from now on."""
        recusals.take_back(proposal=_proposal(number), by=_member(request))
        return Response(status=204)


urlpatterns = [
    path("proposals/<int:number>/withdrawal/", WithdrawalView.as_view(), name="take-back"),
    path("proposals/<int:number>/recusal/", RecusalView.as_view(), name="recuse"),
]
