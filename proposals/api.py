"""Proposals in the API: what the pages do, with the same rules and the same words."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny, IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

import charter.selectors
from accounts.requests import user_of
from journal.clock import database_clock
from journal.selectors import head, link_number
from members.selectors import applications, people
from proposals import serializers as shapes
from proposals.models import Ballot, Proposal
from proposals.refusals import MembersOnly, UnknownBallot
from proposals.rules import casting, kinds
from proposals.selectors import dossiers, drafts, files, listings
from proposals.selectors.pendings import Pending, pending
from proposals.selectors.proceedings import Proceeding, proceeding
from proposals.selectors.signatures import ballot_of as own_ballot
from proposals.selectors.signatures import evidence_of, group, signature_value, typed_of
from proposals.services import admissions, ballots, evidence, execution, proposing, rounds, signatures
from proposals.views import comments_api, elections_api, life_api, motions_api
from proposals.views.readers import member_of, proposal_at, round_at, visit

STATES = ("open", "pending", "decided")


def _shown(request: Request, number: int) -> Proceeding | Pending:
    seen = visit(request)
    found = proceeding(number=number, reader=seen.reader, at=seen.at, today=seen.today, zone=seen.zone)
    shown = found or pending(number=number, reader=seen.reader, at=seen.at)
    if shown is None:
        raise NotFound
    return shown


class ProposalsView(generics.GenericAPIView[Proposal]):
    """All proposals."""

    permission_classes = (IsAuthenticatedOrReadOnly,)
    serializer_class = shapes.ProposalRowSerializer
    queryset = listings.chosen("")

    @extend_schema(
        parameters=[
            OpenApiParameter("state", str, enum=STATES, description="Without it, all of them."),
            OpenApiParameter("page", int),
            OpenApiParameter("size", int),
        ],
        responses=shapes.ProposalRowSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """The newest first, in pages; counts only where they are yours to know."""
        seen = visit(request)
        chosen = self.paginate_queryset(listings.chosen(request.query_params.get("state", "")))
        found = listings.shown(list(chosen or ()), reader=seen.reader, at=seen.at)
        return self.get_paginated_response(shapes.ProposalRowSerializer(found, many=True).data)

    @extend_schema(request=shapes.OpenSerializer, responses={201: shapes.ProposalSerializer})
    def post(self, request: Request) -> Response:
        """Opens the admission proposal of an application, or opens or announces one of another kind."""
        typed = shapes.OpenSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        words: dict[str, Any] = typed.validated_data
        if "kind" in words:
            return _answer(request, proposing.propose(**words, by=member_of(request), at=database_clock()).number)
        application = applications.for_group().filter(pk=words["application"]).first()
        if application is None:
            raise NotFound
        made = admissions.open_admission(application=application, by=member_of(request), at=database_clock())
        return _answer(request, made.number)


def _answer(request: Request, number: int) -> Response:
    """The proposal as it stands now, after a change."""
    return Response(shapes.ProposalSerializer(_shown(request, number)).data, status=status.HTTP_201_CREATED)


class DraftsView(APIView):
    """Proposals before they open; nothing is kept."""

    permission_classes = (IsAuthenticatedOrReadOnly,)

    @extend_schema(request=shapes.OpenSerializer, responses=shapes.DraftSerializer)
    def post(self, request: Request) -> Response:
        """What it would do and change, and what is missing before it can open; for members."""
        typed = shapes.OpenSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        words, at = typed.validated_data, database_clock()
        roles = people.roles_of(member_of(request), charter.selectors.today(at))
        if "member" not in roles:
            raise MembersOnly
        found = drafts.draft(
            kind=kinds.kind_of(words.get("kind", "")),
            params=words["params"],
            text=casting.words(words["text"]),
            roles=roles,
            at=at,
            hidden=words["hidden"],
            final_ballots=words["final_ballots"],
            opens_at=words["opens_at"],
            execute_on=words["execute_on"],
        )
        return Response(shapes.DraftSerializer(found).data)


class ProposalView(APIView):
    """One proposal."""

    permission_classes = (IsAuthenticatedOrReadOnly,)

    @extend_schema(responses=shapes.ProposalSerializer)
    def get(self, request: Request, number: int) -> Response:
        """The proposal with its rounds."""
        return Response(shapes.ProposalSerializer(_shown(request, number)).data)


class BallotsView(APIView):
    """The ballots of a proposal's rounds."""

    permission_classes = (IsAuthenticatedOrReadOnly,)

    @extend_schema(request=shapes.CastSerializer, responses={201: shapes.BallotSerializer})
    def post(self, request: Request, number: int) -> Response:
        """Casts, changes or withdraws (`choice`: `withdrawn`); the answer is the receipt, or a hidden commitment."""
        typed = shapes.CastSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        words: dict[str, Any] = typed.validated_data
        held = round_at(number, words.pop("round"))
        ballot = ballots.cast(round_id=held.pk, by=user_of(request), **words)
        # A cast closes no hidden round.
        return Response(shapes.ballot_value(ballot, sealed=held.hidden), status=status.HTTP_201_CREATED)


class RoundsView(APIView):
    """The rounds of a proposal."""

    permission_classes = (IsAuthenticatedOrReadOnly,)

    @extend_schema(request=shapes.NextRoundSerializer, responses={201: shapes.ProposalSerializer})
    def post(self, request: Request, number: int) -> Response:
        """The leader opens the next round."""
        typed = shapes.NextRoundSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        rounds.open_next(proposal=proposal_at(number), by=member_of(request), **typed.validated_data)
        return _answer(request, number)


class ExecutionView(APIView):
    """Carrying out what passed."""

    permission_classes = (IsAuthenticatedOrReadOnly,)

    @extend_schema(request=None, responses={201: shapes.ProposalSerializer})
    def post(self, request: Request, number: int) -> Response:
        """A member carries out what passed, when the worker could not."""
        execution.execute(proposal=proposal_at(number), by=member_of(request))
        return _answer(request, number)


class ReceiptsView(APIView):
    """A round's chain."""

    permission_classes = (IsAuthenticatedOrReadOnly,)

    @extend_schema(responses=shapes.ReceiptsSerializer)
    def get(self, request: Request, number: int, round_number: int) -> Response:
        """Members at any time, everybody once the round is closed."""
        seen = visit(request)
        content = files.visible_file(round_at(number, round_number), reader=seen.reader, at=seen.at)
        if content is None:
            raise NotFound
        return Response(content)


class DossierView(APIView):
    """A decision as a file that can be checked without this program."""

    permission_classes = (AllowAny,)

    @extend_schema(
        parameters=[OpenApiParameter("until", int, description="The number of the head that it ends with.")],
        responses=shapes.DossierSerializer,
    )
    def get(self, request: Request, number: int) -> Response:
        """The rounds that have ended, and their place in the journal; the same for everybody (docs/proof.md)."""
        until = link_number(request.query_params.get("until", ""), default=head().number)
        content = dossiers.dossier(number, until=until)
        if content is None:
            raise NotFound
        return Response(content)


class SignatureView(APIView):
    """What a wallet signs of one's ballot, and its signature."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=shapes.SignableSerializer)
    def get(self, request: Request, number: int, ballot: int) -> Response:
        """The typed data to sign, and the signature if there is one."""
        return Response(_signable(_own(request, number, ballot)))

    @extend_schema(request=shapes.SignSerializer, responses={201: shapes.SignableSerializer})
    def post(self, request: Request, number: int, ballot: int) -> Response:
        """Keeps what a proved wallet signed of the ballot that counts."""
        typed = shapes.SignSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        signatures.sign(proposal=number, number=ballot, by=user_of(request), **typed.validated_data)
        return Response(_signable(_own(request, number, ballot)), status=status.HTTP_201_CREATED)


def _own(request: Request, number: int, ballot: int) -> Ballot:
    found = own_ballot(number, ballot, user_of(request))
    if found is None:
        raise UnknownBallot
    return found


def _signable(ballot: Ballot) -> dict[str, Any]:
    signed = getattr(ballot, "signature", None)
    return {"typed": typed_of(ballot, signed.group if signed else group()), "signature": signature_value(signed)}


class EvidenceView(APIView):
    """Votes from Snapshot beside a proposal."""

    permission_classes = (IsAuthenticatedOrReadOnly,)

    @extend_schema(responses=shapes.EvidenceSerializer(many=True))
    def get(self, request: Request, number: int) -> Response:
        """All of them, at most 50: for members at any time, for everybody once the last round is closed."""
        seen = visit(request)
        found = evidence_of(proposal_at(number), reader=seen.reader, at=seen.at)
        if found is None:
            raise NotFound
        return Response(shapes.EvidenceSerializer(found, many=True).data)

    @extend_schema(request=shapes.AddEvidenceSerializer, responses={201: shapes.EvidenceSerializer})
    def post(self, request: Request, number: int) -> Response:
        """A member adds a vote that they have from Snapshot."""
        by, typed = member_of(request), shapes.AddEvidenceSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        added = evidence.add(proposal=proposal_at(number), by=by, **typed.validated_data)
        return Response(shapes.EvidenceSerializer(added).data, status=status.HTTP_201_CREATED)


urlpatterns = [
    path("proposals/", ProposalsView.as_view(), name="proposals"),
    path("proposals/drafts/", DraftsView.as_view(), name="drafts"),
    path("proposals/<int:number>/", ProposalView.as_view(), name="proposal"),
    path("proposals/<int:number>/ballots/", BallotsView.as_view(), name="ballots"),
    path("proposals/<int:number>/dossier/", DossierView.as_view(), name="dossier"),
    path("proposals/<int:number>/ballots/<int:ballot>/signature/", SignatureView.as_view(), name="signature"),
    path("proposals/<int:number>/evidence/", EvidenceView.as_view(), name="evidence"),
    path("proposals/<int:number>/rounds/", RoundsView.as_view(), name="rounds"),
    path("proposals/<int:number>/rounds/<int:round_number>/receipts/", ReceiptsView.as_view(), name="receipts"),
    path("proposals/<int:number>/execution/", ExecutionView.as_view(), name="execution"),
    *comments_api.urlpatterns,
    *elections_api.urlpatterns,
    *motions_api.urlpatterns,
    *life_api.urlpatterns,
]
