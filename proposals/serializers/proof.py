"""What a sceptic asks for: receipts, dossiers, signatures, votes from Snapshot."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from proposals.models import Evidence
from proposals.rules.snapshots import vote


class ReceiptsSerializer(serializers.Serializer[Any]):
    """A round's part of the chain: what docs/proposals.md says its digests are made of."""

    round = serializers.JSONField()
    digest = serializers.CharField()
    acts = serializers.JSONField()
    members = serializers.ListField(child=serializers.CharField())
    ballots = serializers.JSONField()
    outcome = serializers.JSONField(allow_null=True)


class DossierSerializer(serializers.Serializer[Any]):
    """A decision with its rounds and its place in the journal: docs/proof.md."""

    format = serializers.CharField()
    proposal = serializers.JSONField()
    rounds = serializers.ListField(child=serializers.JSONField())
    execution = serializers.JSONField(allow_null=True)
    journal = serializers.JSONField()


class BallotSignatureSerializer(serializers.Serializer[Any]):
    """A wallet's signature of a ballot."""

    group = serializers.CharField()
    address = serializers.CharField()
    signature = serializers.CharField()
    digest = serializers.CharField()
    signed_at = serializers.DateTimeField()


class SignableSerializer(serializers.Serializer[Any]):
    """What `eth_signTypedData_v4` takes, and what it gave."""

    typed = serializers.JSONField()
    signature = BallotSignatureSerializer(allow_null=True)


class SignSerializer(serializers.Serializer[Any]):
    """What the wallet gave: 0x and 130 digits."""

    signature = serializers.CharField(max_length=200)


class AddEvidenceSerializer(serializers.Serializer[Any]):
    """The vote's envelope as text, as it comes from Snapshot."""

    envelope = serializers.CharField()


class EvidenceSerializer(serializers.Serializer[Any]):
    """A vote from Snapshot. `voted_at` is the signer's own word; `choice` a number, several, or a text of weights."""

    number = serializers.IntegerField()
    digest = serializers.CharField()
    added_by = serializers.CharField(source="added_by.handle")
    added_at = serializers.DateTimeField()
    envelope = serializers.JSONField()
    signer = serializers.SerializerMethodField()
    space = serializers.SerializerMethodField()
    poll = serializers.SerializerMethodField()
    choice = serializers.SerializerMethodField()
    voted_at = serializers.SerializerMethodField()

    def get_signer(self, row: Evidence) -> str:
        """The address whose key signed."""
        return vote(row.envelope).signer

    def get_space(self, row: Evidence) -> str:
        """The space on Snapshot."""
        return vote(row.envelope).space

    def get_poll(self, row: Evidence) -> str:
        """The id of what was voted on there."""
        return vote(row.envelope).poll

    @extend_schema_field({})
    def get_choice(self, row: Evidence) -> Any:
        """As it was signed."""
        return vote(row.envelope).choice

    def get_voted_at(self, row: Evidence) -> str:
        """When the signer says that they voted."""
        return vote(row.envelope).at.isoformat()
