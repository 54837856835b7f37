"""Articles and reviews in the API, for everybody to read."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from charter import selectors as charter
from consulting.models import Article, Review
from consulting.selectors import offering, writing
from consulting.serializers import writing as shapes


class ArticlesView(generics.ListAPIView[Article]):
    """The public articles, the latest first."""

    permission_classes = (AllowAny,)
    serializer_class = shapes.ArticleSerializer
    queryset = writing.none()

    def get_queryset(self) -> QuerySet[Article]:
        """What is published."""
        return writing.published()


class ArticleView(APIView):
    """One public article."""

    permission_classes = (AllowAny,)

    @extend_schema(responses=shapes.ArticleDetailSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """With its text; drafts are on the pages only."""
        read = writing.read(slug, AnonymousUser())
        if read is None:
            raise NotFound
        return Response(shapes.ArticleDetailSerializer(read.article).data)


class ReviewsView(generics.ListAPIView[Review]):
    """What clients said about an expert's work, the latest first."""

    permission_classes = (AllowAny,)
    serializer_class = shapes.ReviewSerializer
    queryset = writing.no_reviews()

    def get_queryset(self) -> QuerySet[Review]:
        """404 for who offers nothing."""
        profile = offering.public_one(self.kwargs["handle"], charter.today(timezone.now()))
        if profile is None:
            raise NotFound
        return writing.reviews_of(profile.member)


urlpatterns = [
    path("articles/", ArticlesView.as_view(), name="articles"),
    path("articles/<slug:slug>/", ArticleView.as_view(), name="article"),
    path("experts/<slug:handle>/reviews/", ReviewsView.as_view(), name="expert-reviews"),
]
