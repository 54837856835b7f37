"""The shapes of comments in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from journal import texts
from proposals.rules.comments import HEADING
from proposals.selectors.comments import Remark


class CommentSerializer(serializers.Serializer[Any]):
    """A comment. `text` and `html` are null once it was taken back or its words were erased."""

    number = serializers.IntegerField()
    answers = serializers.IntegerField(allow_null=True, help_text="The number of the comment that it answers")
    author = serializers.SerializerMethodField(help_text="A handle; null for the applicant")
    name = serializers.CharField(source="author")
    written_at = serializers.DateTimeField()
    taken_back_at = serializers.DateTimeField(allow_null=True)
    digest = serializers.CharField(help_text="The salted digest of the words, as the journal has it")
    text = serializers.SerializerMethodField(help_text="Markdown, as it was written")
    html = serializers.SerializerMethodField(help_text="The same, drawn without script, style and picture")

    def get_author(self, remark: Remark) -> str | None:
        """Who wrote it."""
        return remark.handle or None

    def get_text(self, remark: Remark) -> str | None:
        """The words."""
        return remark.text or None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_html(self, remark: Remark) -> str | None:
        """As the page shows it."""
        return str(texts.drawn(remark.text, heading=HEADING)) if remark.text else None


class WriteCommentSerializer(serializers.Serializer[Any]):
    """A comment to write."""

    # What is no comment is the rule's to say.
    text = serializers.CharField(allow_blank=True, trim_whitespace=False)
    answers = serializers.IntegerField(allow_null=True, default=None, min_value=1, max_value=2**31 - 1)
