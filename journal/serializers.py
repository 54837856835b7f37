"""The shapes of the journal in the API."""

from typing import Any

from rest_framework import serializers


class HeadSerializer(serializers.Serializer[Any]):
    """A link of the chain as a head: it binds every entry up to it."""

    number = serializers.IntegerField()
    digest = serializers.CharField()
    sealed_at = serializers.DateTimeField()


class SegmentSerializer(serializers.Serializer[Any]):
    """Links of the chain in their order, as docs/proof.md says."""

    first = serializers.IntegerField()
    previous = serializers.CharField()
    links = serializers.JSONField()
    head = serializers.JSONField()
