"""The shapes of the charter in the API."""

from typing import Any

from rest_framework import serializers


class _Words(serializers.DictField):
    """A text by language: `en`, `zh-Hans`."""

    child = serializers.CharField()


class WrittenSerializer(serializers.Serializer[Any]):
    """A text as it is written, with marks where values stand; its digest is what an amendment `replaces`."""

    text = serializers.CharField()
    digest = serializers.CharField()
    since = serializers.DateField(allow_null=True)
    edition = serializers.IntegerField()


class ClauseSerializer(serializers.Serializer[Any]):
    """A clause with the values of the day put in."""

    id = serializers.CharField(source="clause.id")
    number = serializers.CharField()
    heading = serializers.BooleanField(source="clause.heading")
    text = serializers.SerializerMethodField()
    reading = _Words(source="clause.reading", allow_null=True)
    written = serializers.SerializerMethodField()

    def get_written(self, row: Any) -> dict[str, dict[str, Any]]:
        """The words of each language with marks where values stand, their digest (what an amendment `replaces`)."""
        return {version.language: WrittenSerializer(version.written).data for version in row.versions}

    def get_text(self, row: Any) -> dict[str, str]:
        """The clause by language."""
        return {version.language: str(version.said) for version in row.versions}


class HeldSerializer(serializers.Serializer[Any]):
    """A written value, since which day (null: from the beginning) and by which edition."""

    value = serializers.CharField()
    since = serializers.DateField(allow_null=True)
    edition = serializers.IntegerField()


class SettingSerializer(serializers.Serializer[Any]):
    """A setting on the day, as the charter writes it; `silent` is a house rule."""

    key = serializers.CharField(source="parameter.key")
    kind = serializers.CharField(source="parameter.kind")
    value = serializers.CharField(source="held.value")
    since = serializers.DateField(source="held.since", allow_null=True)
    edition = serializers.IntegerField(source="held.edition")
    basis = serializers.ChoiceField(source="parameter.basis", choices=["said", "silent"])
    clause = serializers.CharField(source="parameter.clause", allow_null=True)
    labels = _Words(source="parameter.label")
    coming = HeldSerializer(many=True)


class EditionSerializer(serializers.Serializer[Any]):
    """An edition: the written values and the texts that it changed, and the reference of what brought it."""

    number = serializers.IntegerField(source="amended.edition.number")
    effective_on = serializers.DateField(source="amended.edition.effective_on")
    act = serializers.CharField(source="amended.edition.act")
    changes = serializers.DictField(source="amended.values", child=serializers.CharField())
    texts = serializers.SerializerMethodField()

    def get_texts(self, past: Any) -> dict[str, str]:
        """New words with marks, by clause and language: `income.1.2.2/en`."""
        return {key: item.text for key, item in past.amended.texts.items()}


class CharterSerializer(serializers.Serializer[Any]):
    """The charter on a day."""

    on = serializers.DateField()
    edition = serializers.IntegerField()
    effective_on = serializers.DateField(allow_null=True)
    clauses = ClauseSerializer(source="rows", many=True)
    settings = SettingSerializer(many=True)
    editions = EditionSerializer(many=True)
