"""A ballot as it is sent, and its receipt."""

from typing import Any

from rest_framework import serializers

from proposals.models import Ballot


class CastSerializer(serializers.Serializer[Any]):
    """A ballot. `missing` belongs to an objection, `reason` to all that is not in favour.

    `choice` is `for`, `object` or `withdrawn` under the unanimous rule, elsewhere `for`, `against` or `abstain`; in an
    election `for:<handle>` or `abstain`.
    """

    round = serializers.IntegerField(min_value=1, help_text="The number of the round the ballot is meant for.")
    choice = serializers.CharField(allow_blank=True, default="", max_length=40)
    reason = serializers.CharField(allow_blank=True, default="", trim_whitespace=False)
    missing = serializers.CharField(allow_blank=True, default="", trim_whitespace=False)


class BallotSerializer(serializers.Serializer[Any]):
    """The receipt of a ballot, with everything that its digest is made of; see `ballot_value`."""

    number = serializers.IntegerField(allow_null=True)
    seq = serializers.IntegerField()
    choice = serializers.CharField()
    nonce = serializers.CharField()
    reason_digest = serializers.CharField()
    commitment = serializers.CharField()
    previous = serializers.CharField(allow_null=True)
    receipt = serializers.CharField(allow_null=True)
    cast_at = serializers.DateTimeField()


# What would tell a voter of other people's ballots: docs/hidden.md.
PLACE = ("number", "previous", "receipt")


def ballot_value(ballot: Ballot, *, sealed: bool) -> dict[str, Any]:
    """A ballot for its voter; while its round is hidden `number`, `previous` and `receipt` are null."""
    shown = dict(BallotSerializer(ballot).data)
    return shown | dict.fromkeys(PLACE) if sealed else shown
