"""The shapes of candidacies in the API."""

from typing import Any

from rest_framework import serializers


class CandidacySerializer(serializers.Serializer[Any]):
    """Somebody who stands. `statement` is null for who may not read it, and empty once it was erased."""

    member = serializers.CharField(source="member.handle")
    name = serializers.CharField(source="member.name")
    member_since = serializers.DateField(source="since")
    deputy = serializers.CharField(source="deputy.handle", default=None, allow_null=True)
    statement = serializers.CharField(allow_null=True)
    declared_at = serializers.DateTimeField()


class StandSerializer(serializers.Serializer[Any]):
    """A candidacy to declare; `deputy` is the handle of who would decide the leader's own claims."""

    # What is missing is the rule's to say.
    statement = serializers.CharField(allow_blank=True, default="", trim_whitespace=False)
    deputy = serializers.CharField(allow_blank=True, default="")
