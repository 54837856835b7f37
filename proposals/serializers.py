"""The shapes of proposals in the API."""

import json
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from proposals.models import Ballot, Evidence
from proposals.rules.kinds import ACTS
from proposals.rules.snapshots import vote
from proposals.rules.states import State
from proposals.selectors.drafts import Draft
from proposals.selectors.listings import Row
from proposals.selectors.proceedings import Place, Proceeding, Sitting


class TallySerializer(serializers.Serializer[Any]):
    """The count and its arithmetic; fractions as text."""

    rule = serializers.CharField()
    seats = serializers.IntegerField()
    in_favour = serializers.IntegerField()
    against = serializers.IntegerField()
    abstained = serializers.IntegerField()
    missing = serializers.IntegerField()
    figure = serializers.CharField()
    needed = serializers.CharField()
    passes = serializers.BooleanField()


class ProposalRowSerializer(serializers.Serializer[Any]):
    """A proposal in its last round. `tally` is null while the count is not the reader's to know."""

    number = serializers.IntegerField(source="proposal.number")
    kind = serializers.CharField(source="proposal.kind")
    title = serializers.CharField(source="proposal.title")
    state = serializers.ChoiceField(choices=State.choices)
    proposed_by = serializers.CharField(source="proposal.proposed_by.handle")
    proposed_at = serializers.DateTimeField(source="proposal.proposed_at")
    round = serializers.IntegerField(source="held.number")
    opened_at = serializers.DateTimeField(source="held.opened_at")
    earliest_end_at = serializers.DateTimeField(source="held.earliest_end_at")
    deadline_at = serializers.DateTimeField(source="held.deadline_at")
    decided_at = serializers.SerializerMethodField()
    result = serializers.SerializerMethodField()
    waits_for_me = serializers.BooleanField(source="waits")
    tally = serializers.SerializerMethodField()

    def get_decided_at(self, row: Row) -> str | None:
        """When the round ended."""
        return row.outcome.decided_at.isoformat() if row.outcome else None

    def get_result(self, row: Row) -> str | None:
        """How the round ended."""
        return row.outcome.result if row.outcome else None

    def get_tally(self, row: Row) -> dict[str, Any] | None:
        """The count."""
        return row.tally.as_json() if row.tally else None


class SeatSerializer(serializers.Serializer[Any]):
    """A seat with its latest ballot; `ballots` is how many it cast."""

    position = serializers.IntegerField(source="seat.position")
    member = serializers.CharField(source="seat.member.handle")
    name = serializers.CharField(source="seat.member.name")
    choice = serializers.SerializerMethodField()
    receipt = serializers.SerializerMethodField()
    cast_at = serializers.SerializerMethodField()
    ballots = serializers.SerializerMethodField()

    def get_choice(self, place: Place) -> str | None:
        """`for`, `object`, `against`, `abstain`, or null for no vote."""
        return place.vote or None

    def get_receipt(self, place: Place) -> str | None:
        """The whole digest."""
        return place.latest.receipt if place.latest else None

    def get_cast_at(self, place: Place) -> str | None:
        """When the latest ballot was cast."""
        return place.latest.cast_at.isoformat() if place.latest else None

    def get_ballots(self, place: Place) -> int:
        """Casts and changes."""
        return len(place.ballots)


class ObjectionSerializer(serializers.Serializer[Any]):
    """An objection, or another ballot that says why; its words are null for who may not read them, or once erased."""

    member = serializers.CharField(source="seat.member.handle")
    choice = serializers.CharField(source="ballot.choice")
    cast_at = serializers.DateTimeField(source="ballot.cast_at")
    stands = serializers.BooleanField()
    reason = serializers.CharField(source="reason.text", default=None, allow_null=True)
    missing = serializers.CharField(source="reason.missing", default=None, allow_null=True)


class RoundSerializer(serializers.Serializer[Any]):
    """One round. `seats` is empty and `tally` null while the ballots are not the reader's to see."""

    number = serializers.IntegerField(source="held.number")
    rule = serializers.CharField(source="held.rule")
    edition = serializers.IntegerField(source="held.edition")
    final_ballots = serializers.BooleanField(source="held.final_ballots")
    opened_at = serializers.DateTimeField(source="held.opened_at")
    earliest_end_at = serializers.DateTimeField(source="held.earliest_end_at")
    deadline_at = serializers.DateTimeField(source="held.deadline_at")
    digest = serializers.CharField(source="held.digest")
    electorate = serializers.CharField(source="held.electorate_digest")
    seats_count = serializers.IntegerField(source="seats")
    seats = serializers.SerializerMethodField()
    objections = ObjectionSerializer(many=True)
    tally = serializers.SerializerMethodField()
    explanation = serializers.SerializerMethodField()
    result = serializers.CharField(source="outcome.result", default=None, allow_null=True)
    decided_at = serializers.DateTimeField(source="outcome.decided_at", default=None, allow_null=True)
    wording = serializers.JSONField(source="wording.content", default=None, allow_null=True)
    changes = serializers.CharField(source="wording.changes", default=None, allow_null=True)

    def get_seats(self, sitting: Sitting) -> list[dict[str, Any]]:
        """The seats in the group's order."""
        return list(SeatSerializer(sitting.places, many=True).data) if sitting.tally else []

    def get_tally(self, sitting: Sitting) -> dict[str, Any] | None:
        """The count and its arithmetic."""
        return sitting.tally.as_json() if sitting.tally else None

    def get_explanation(self, sitting: Sitting) -> str | None:
        """The arithmetic as a sentence."""
        return sitting.tally.sentence() if sitting.tally else None


class ExecutionSerializer(serializers.Serializer[Any]):
    """What a passed proposal did."""

    effect = serializers.CharField()
    executed_at = serializers.DateTimeField()


class DifferenceSerializer(serializers.Serializer[Any]):
    """One thing that an act changes, in words."""

    label = serializers.CharField()  # type: ignore[assignment]
    before = serializers.CharField()
    after = serializers.CharField()
    clause = serializers.CharField()


class ProposalSerializer(serializers.Serializer[Any]):
    """A proposal with all its rounds, as far as the reader may see them."""

    number = serializers.IntegerField(source="proposal.number")
    kind = serializers.CharField(source="proposal.kind")
    title = serializers.CharField(source="proposal.title")
    state = serializers.ChoiceField(choices=State.choices)
    proposed_by = serializers.CharField(source="proposal.proposed_by.handle")
    proposed_at = serializers.DateTimeField(source="proposal.proposed_at")
    acts = serializers.JSONField(source="proposal.acts")
    acts_digest = serializers.CharField(source="proposal.acts_digest")
    preview = serializers.ListField(child=serializers.CharField())
    diff = DifferenceSerializer(many=True)
    rounds = serializers.SerializerMethodField()
    execution = ExecutionSerializer(allow_null=True)

    def get_rounds(self, found: Proceeding) -> list[dict[str, Any]]:
        """The rounds in their order, the last one last."""
        return list(RoundSerializer(found.sittings, many=True).data)


class OpenSerializer(serializers.Serializer[Any]):
    """What is put to the vote: an `application`, or a `kind` with the params of its act and the reasons."""

    application = serializers.IntegerField(min_value=1, required=False)
    kind = serializers.ChoiceField(choices=[kind.value for kind in ACTS], required=False)
    params = serializers.JSONField(default=dict)
    text = serializers.CharField(allow_blank=True, default="")
    final_ballots = serializers.BooleanField(default=False)

    def validate_params(self, value: Any) -> dict[str, Any]:
        """An object; what is in it the act reads."""
        if not isinstance(value, dict):
            raise serializers.ValidationError(_("Send an object with the fields of the act."))
        written = json.dumps(value, ensure_ascii=False)
        # As the database would refuse them: halves of characters, and the one that ends a text.
        if "\\u0000" in written or any("\ud800" <= letter <= "\udfff" for letter in written):
            raise serializers.ValidationError(_("The text holds a character that nothing can show."))
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of the two."""
        if ("application" in attrs) == ("kind" in attrs):
            raise serializers.ValidationError({"kind": _("Name an application or a kind.")})
        return attrs


class RefusalSerializer(serializers.Serializer[Any]):
    """Why it cannot open yet."""

    code = serializers.CharField()
    message = serializers.CharField()
    clause = serializers.CharField(allow_null=True)


class DraftSerializer(serializers.Serializer[Any]):
    """What would open now, and what is missing."""

    title = serializers.CharField(source="about")
    rule = serializers.SerializerMethodField()
    electors = serializers.IntegerField()
    missing = RefusalSerializer(many=True)
    preview = serializers.ListField(child=serializers.CharField())
    diff = DifferenceSerializer(many=True)

    def get_rule(self, draft: Draft) -> str:
        """The threshold as it would be frozen."""
        return draft.threshold.written()


class CastSerializer(serializers.Serializer[Any]):
    """A ballot. `missing` belongs to an objection, `reason` to all that is not in favour."""

    round = serializers.IntegerField(min_value=1, help_text="The number of the round the ballot is meant for.")
    choice = serializers.ChoiceField(choices=Ballot.Choice.choices, allow_blank=True, default="")
    reason = serializers.CharField(allow_blank=True, default="", trim_whitespace=False)
    missing = serializers.CharField(allow_blank=True, default="", trim_whitespace=False)


class BallotSerializer(serializers.Serializer[Any]):
    """The receipt of a ballot, with everything that its digest is made of."""

    number = serializers.IntegerField()
    seq = serializers.IntegerField()
    choice = serializers.CharField()
    nonce = serializers.CharField()
    reason_digest = serializers.CharField()
    commitment = serializers.CharField()
    previous = serializers.CharField()
    receipt = serializers.CharField()
    cast_at = serializers.DateTimeField()


class NextRoundSerializer(serializers.Serializer[Any]):
    """What changed since the last round."""

    changes = serializers.CharField(allow_blank=True, default="")


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
