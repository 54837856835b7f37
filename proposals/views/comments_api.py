"""Comments in the API: what the pages do, with the same rules and the same words."""

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import user_of
from proposals.models import Comment, Proposal
from proposals.selectors import comments as selectors
from proposals.serializers.comments import CommentSerializer, WriteCommentSerializer
from proposals.services import comments
from proposals.views.readers import proposal_at, visit


class CommentsView(generics.GenericAPIView[Comment]):
    """What is said about a proposal."""

    permission_classes = (IsAuthenticatedOrReadOnly,)
    serializer_class = CommentSerializer
    queryset = selectors.nothing()

    @extend_schema(
        parameters=[OpenApiParameter("page", int), OpenApiParameter("size", int)],
        responses=CommentSerializer(many=True),
    )
    def get(self, request: Request, number: int) -> Response:
        """In order of number, in pages; for everybody where the proposal's words are public, else for the group."""
        proposal, reader = proposal_at(number), visit(request).reader
        rows = selectors.all_of(proposal, reader=reader)
        if rows is None:
            raise NotFound
        chosen = self.paginate_queryset(rows)
        found = selectors.remarks(list(chosen or ()), proposal, reader)
        return self.get_paginated_response(CommentSerializer(found, many=True).data)

    @extend_schema(request=WriteCommentSerializer, responses={201: CommentSerializer})
    def post(self, request: Request, number: int) -> Response:
        """A member, or the applicant on their own admission, comments or answers."""
        typed = WriteCommentSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        proposal = proposal_at(number)
        written = comments.write(proposal=proposal, by=user_of(request), **typed.validated_data)
        return _one(request, proposal, written.number)


class RetractionView(APIView):
    """Taking a comment back."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=None, responses={201: CommentSerializer})
    def post(self, request: Request, number: int, comment: int) -> Response:
        """Its author erases the words; the place stays."""
        proposal = proposal_at(number)
        found = selectors.comment_of(proposal, comment, reader=visit(request).reader)
        comments.take_back(comment=found, by=user_of(request))
        return _one(request, proposal, comment)


def _one(request: Request, proposal: Proposal, number: int) -> Response:
    """A comment as it stands now, after a change."""
    reader = visit(request).reader
    (remark,) = selectors.remarks([selectors.comment_of(proposal, number, reader=reader)], proposal, reader)
    return Response(CommentSerializer(remark).data, status=status.HTTP_201_CREATED)


urlpatterns = [
    path("proposals/<int:number>/comments/", CommentsView.as_view(), name="comments"),
    path("proposals/<int:number>/comments/<int:comment>/retraction/", RetractionView.as_view(), name="retraction"),
]
