"""Candidacies in the API: what the pages do, with the same rules and the same words."""

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from proposals import serializers as shapes
from proposals.models import Proposal
from proposals.refusals import NoElection, NotStanding
from proposals.selectors import elections
from proposals.services import candidacies
from proposals.views.readers import member_of, proposal_at, visit


class CandidaciesView(APIView):
    """Who stands in an election."""

    permission_classes = (IsAuthenticatedOrReadOnly,)

    @extend_schema(responses=shapes.CandidacySerializer(many=True))
    def get(self, request: Request, number: int) -> Response:
        """In the order that breaks ties. Once a round has opened its candidates are those of the round."""
        seen, proposal = visit(request), _election(number)
        rows = elections.candidacies(proposal, day=seen.today, reader=seen.reader)
        return Response(shapes.CandidacySerializer(rows, many=True).data)

    @extend_schema(request=shapes.StandSerializer, responses={201: shapes.CandidacySerializer})
    def post(self, request: Request, number: int) -> Response:
        """A member stands, or stands with another statement or deputy than before; only before the election opens."""
        proposal, by = _election(number), member_of(request)
        typed = shapes.StandSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        candidacies.stand(proposal=proposal, by=by, **typed.validated_data)
        rows = elections.candidacies(proposal, day=visit(request).today)
        own = next((row for row in rows if row.member.pk == by.pk), None)
        if own is None:
            # Stepped down meanwhile, in another tab.
            raise NotStanding
        return Response(shapes.CandidacySerializer(own).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, number: int) -> Response:
        """Who stands steps down; only before the election opens."""
        candidacies.step_down(proposal=_election(number), by=member_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _election(number: int) -> Proposal:
    found = proposal_at(number)
    if found.kind != Proposal.Kind.ELECTION:
        raise NoElection
    return found


urlpatterns = [path("proposals/<int:number>/candidacies/", CandidaciesView.as_view(), name="candidacies")]
