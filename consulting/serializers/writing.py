"""The shapes of articles and reviews in the API."""

from typing import Any

from rest_framework import serializers

from consulting.models import Article, Review
from journal import texts


class ArticleSerializer(serializers.Serializer[Any]):
    """A public article."""

    slug = serializers.CharField()
    title = serializers.CharField()
    language = serializers.CharField(help_text="A code such as en, zh-hans")
    author = serializers.CharField(source="author.handle")
    published_at = serializers.DateTimeField()
    digest = serializers.CharField(help_text="SHA-256 of title, language and text: what a client agreed to")


class ArticleDetailSerializer(ArticleSerializer):
    """A public article with its text."""

    body = serializers.CharField(help_text="Markdown, as it was written")
    html = serializers.SerializerMethodField(help_text="The same, drawn without script, style and picture")

    def get_html(self, article: Article) -> str:
        """As the page shows it."""
        return str(texts.drawn(article.body))


class ReviewSerializer(serializers.Serializer[Any]):
    """What a client said; without a name where the client wants none."""

    text = serializers.CharField()
    client = serializers.SerializerMethodField(help_text="The client's name, or null")
    written_at = serializers.DateTimeField()

    def get_client(self, review: Review) -> str | None:
        """Only with consent."""
        return review.engagement.client.name if review.named else None
