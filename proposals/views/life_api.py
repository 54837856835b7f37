"""Taking back and recusal, over the API."""

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from proposals import serializers as shapes
from proposals.services import announcing, recusals
from proposals.views.readers import member_of, proposal_at


class WithdrawalView(APIView):
    """Taking back what has not opened."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, number: int) -> Response:
        """Who put it forward, or the leader; it stays on record and never opens."""
        announcing.take_back(proposal=proposal_at(number), by=member_of(request))
        return Response(status=204)


class RecusalView(APIView):
    """Whether one takes part, while no round of the proposal is open."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=shapes.RecuseSerializer, responses={204: None})
    def post(self, request: Request, number: int) -> Response:
        """No seat in the rounds that open from now on; the members read the reason."""
        typed = shapes.RecuseSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        recusals.recuse(proposal=proposal_at(number), by=member_of(request), **typed.validated_data)
        return Response(status=204)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, number: int) -> Response:
        """A seat again in the rounds that open from now on."""
        recusals.take_back(proposal=proposal_at(number), by=member_of(request))
        return Response(status=204)


urlpatterns = [
    path("proposals/<int:number>/withdrawal/", WithdrawalView.as_view(), name="take-back"),
    path("proposals/<int:number>/recusal/", RecusalView.as_view(), name="recuse"),
]
